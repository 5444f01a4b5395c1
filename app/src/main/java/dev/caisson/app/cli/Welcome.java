package dev.caisson.app.cli;

import dev.caisson.app.client.Access;
import dev.caisson.app.server.ServerRecord;
import java.util.Optional;

/** What a person sees when the server is up: where it is, what opens it, and two programs to paste. */
final class Welcome {
    private Welcome() {}

    static void print(Access access, ServerRecord record, Optional<PublicNames> names) {
        System.out.print("""

                Caisson %1$s is up.

                  URL      %2$s
                  API key  %3$s

                JavaScript (npm install e2b):

                  import { Sandbox } from 'e2b'
                  const options = { apiKey: '%3$s', apiUrl: '%2$s', sandboxUrl: '%2$s' }
                  const sandbox = await Sandbox.create('base', options)
                  const result = await sandbox.commands.run("python3 -c 'print(6 * 7)'")
                  console.log(result.stdout)
                  await sandbox.kill()

                Python (pip install e2b):

                  from e2b import Sandbox
                  options = dict(api_key="%3$s", api_url="%2$s", sandbox_url="%2$s")
                  with Sandbox.create("base", **options) as sandbox:
                      print(sandbox.commands.run("python3 -c 'print(6 * 7)'").stdout)

                Or from here:  ./caisson run -- python3 -c 'print(6 * 7)'
                All SDKs:      eval "$(./caisson env)"
                """.formatted(record.version(), access.url(), access.key()));
        names.ifPresent(Welcome::print);
    }

    private static void print(PublicNames names) {
        System.out.print("""

                Ports of sandboxes, over TLS:  https://PORT-ID.%s
                """.formatted(names.authority()));
        if (names.ownAuthority()) {
            System.out.print("""
                  who issued the certificate:  %1$s
                  Node.js trusts it with       NODE_EXTRA_CA_CERTS=%1$s
                  Python, curl with            SSL_CERT_FILE=%2$s
                """.formatted(names.certificates().authorityFile(), names.certificates().bundleFile()));
        }
        if (!names.resolve()) {
            System.out.printf("  names below %s do not resolve here yet; to mend: %s%n", names.domain(), names.remedy());
        }
    }
}
