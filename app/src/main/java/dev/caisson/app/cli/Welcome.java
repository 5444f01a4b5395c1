package dev.caisson.app.cli;

import dev.caisson.app.client.Access;
import dev.caisson.app.server.ServerRecord;

/** What a person sees when the server is up: where it is, what opens it, and two programs to paste. */
final class Welcome {
    private Welcome() {}

    static void print(Access access, ServerRecord record) {
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
    }
}
