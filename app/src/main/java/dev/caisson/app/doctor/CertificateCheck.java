package dev.caisson.app.doctor;

import dev.caisson.app.server.Settings;
import dev.caisson.app.tls.Certificates;
import dev.caisson.app.tls.TlsException;
import java.nio.file.Path;
import java.util.List;

/** Whether clients will accept the certificate of the installation's domain; nothing to say without one. */
final class CertificateCheck implements Check {
    private static final String NAME = "certificate";
    private final Path data;

    CertificateCheck(Path data) {
        this.data = data;
    }

    @Override
    public List<Finding> look() {
        var settings = Settings.load(data);
        return settings.certificates(data).map(certificates -> List.of(look(certificates, settings))).orElse(List.of());
    }

    private static Finding look(Certificates certificates, Settings settings) {
        var tls = settings.tls();
        var mend = tls.makesOwn() ? "caisson up" : "put a certificate for *." + tls.domain() + " and its key there; the server notices by itself";
        try {
            var certificate = certificates.load();
            var found = "for *." + tls.domain() + " until " + certificate.expires();
            return certificates.problem(certificate)
                    .map(problem -> Finding.warn(NAME, "clients will not accept " + certificates.certificateFile() + ": " + problem, mend))
                    .orElseGet(() -> certificates.isShort(certificate)
                            ? Finding.warn(NAME, found + ", which is soon", mend)
                            : Finding.ok(NAME, found));
        } catch (TlsException e) {
            return Finding.warn(NAME, String.valueOf(e.getMessage()), mend);
        }
    }
}
