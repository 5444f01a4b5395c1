package dev.caisson.app.cli;

import dev.caisson.app.tls.TlsSettings;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Names for the ports of sandboxes, and the certificate that makes them trusted. */
final class TlsOptions {
    @Option(
            names = "--domain",
            paramLabel = "NAME",
            description = "Serve TLS too, and give ports the addresses PORT-ID.NAME, such as 8000-i….e2b.localhost; '' takes it back.")
    private @Nullable String domain;

    @Option(
            names = "--tls-cert",
            paramLabel = "FILE",
            description = "Certificate for *.NAME and its chain, PEM (default: one of an authority that Caisson makes; '' returns to it).")
    private @Nullable String certificate;

    @Option(names = "--tls-key", paramLabel = "FILE", description = "Its key, PEM, without a passphrase.")
    private @Nullable String key;

    TlsSettings over(TlsSettings known) {
        var newDomain = domain == null ? known.domain() : domain;
        boolean returned = newDomain.isEmpty() || "".equals(certificate);
        return new TlsSettings(
                newDomain,
                chosen(certificate, returned ? "" : known.certificate()),
                chosen(key, returned ? "" : known.key()));
    }

    /** Absolute, for the server runs in another folder. */
    private static String chosen(@Nullable String given, String known) {
        if (given == null) {
            return known;
        }
        return given.isEmpty() ? "" : Path.of(given).toAbsolutePath().normalize().toString();
    }
}
