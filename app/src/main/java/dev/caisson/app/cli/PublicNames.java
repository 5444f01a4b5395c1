package dev.caisson.app.cli;

import dev.caisson.app.client.Access;
import dev.caisson.app.server.Settings;
import dev.caisson.app.tls.Certificates;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The names below an installation's domain, and what a client needs for them.
 *
 * @param domain without the port
 * @param authority with it
 * @param ownAuthority whether clients have to be told whom to trust
 */
record PublicNames(String domain, String authority, boolean ownAuthority, Certificates certificates) {

    /** Nothing if there is no domain. */
    static Optional<PublicNames> of(Settings settings, Path data) {
        var tls = settings.tls();
        return settings.certificates(data)
                .map(certificates -> new PublicNames(tls.domain(), tls.authority(settings.port()), tls.makesOwn(), certificates));
    }

    /** Whether names that nobody has written down anywhere are found on this machine. */
    boolean resolve() {
        try {
            return InetAddress.getByName("api." + domain) != null;
        } catch (UnknownHostException e) {
            return false;
        }
    }

    /** What makes them resolve. */
    String remedy() {
        return domain.endsWith(".localhost")
                ? "sudo apt-get install libnss-myhostname"
                : "a DNS entry for *." + domain + " with this machine's address";
    }

    /** The variables that point the SDKs here; by the address alone while the names do not resolve. */
    Map<String, String> variables(Access access) {
        var variables = new LinkedHashMap<String, String>();
        if (resolve()) {
            variables.put("E2B_API_KEY", access.key());
            variables.put("E2B_DOMAIN", authority);
            variables.put("E2B_API_URL", "https://api." + authority);
            variables.put("E2B_SANDBOX_URL", "https://sandbox." + authority);
            variables.put("E2B_VOLUME_API_URL", "https://api." + authority);
        } else {
            System.err.println("caisson: api." + domain + " does not resolve on this machine, so these lines use the address; to mend: " + remedy());
            variables.putAll(withoutNames(access));
            variables.put("E2B_DOMAIN", authority);
        }
        if (ownAuthority) {
            variables.put("NODE_EXTRA_CA_CERTS", certificates.authorityFile().toString());
            variables.put("SSL_CERT_FILE", certificates.bundleFile().toString());
        }
        return variables;
    }

    static Map<String, String> withoutNames(Access access) {
        var variables = new LinkedHashMap<String, String>();
        variables.put("E2B_API_KEY", access.key());
        for (var name : new String[] {"E2B_API_URL", "E2B_SANDBOX_URL", "E2B_VOLUME_API_URL"}) {
            variables.put(name, access.url().toString());
        }
        return variables;
    }
}
