package dev.caisson.app.tls;

import java.nio.file.Path;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * The domain below which sandboxes have names, and where its certificate comes from. Immutable.
 *
 * @param domain such as {@code e2b.localhost}; empty for none, then there is no TLS
 * @param certificate a PEM file with the chain, the server's own certificate first; empty for the installation's own authority
 * @param key a PEM file with its key; empty exactly if {@code certificate} is
 */
public record TlsSettings(String domain, String certificate, String key) {
    /** No domain, no TLS. */
    public static final TlsSettings NONE = new TlsSettings("", "", "");

    /** A wildcard for a name of one label is accepted by no client. */
    private static final Pattern DOMAIN =
            Pattern.compile("(?=.{1,180}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])?");

    private static final int HTTPS = 443;

    public TlsSettings {
        domain = domain.toLowerCase(Locale.ROOT);
        if (!domain.isEmpty() && !DOMAIN.matcher(domain).matches()) {
            throw new TlsException("--domain needs a name of at least two labels, such as e2b.localhost, not '" + domain + "'");
        }
        if (certificate.isEmpty() != key.isEmpty()) {
            throw new TlsException("--tls-cert and --tls-key go together: give both, or neither for a certificate of Caisson's own");
        }
        if (domain.isEmpty() && !certificate.isEmpty()) {
            throw new TlsException("--tls-cert needs --domain: the name below which the certificate is valid");
        }
    }

    public boolean hasDomain() {
        return !domain.isEmpty();
    }

    /** Whether the certificate is one that the installation makes itself. */
    public boolean makesOwn() {
        return hasDomain() && certificate.isEmpty();
    }

    public Path certificateFile() {
        return Path.of(certificate);
    }

    public Path keyFile() {
        return Path.of(key);
    }

    /** What follows {@code PORT-ID.} in the address of a port in a sandbox: the domain, with the port unless it is HTTPS's own. */
    public String authority(int port) {
        return port == HTTPS ? domain : domain + ":" + port;
    }
}
