package dev.caisson.app.client;

import dev.caisson.base.Category;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** Whom this client trusts over TLS. */
final class Trust {
    private Trust() {}

    /**
     * Those in a file, as OpenSSL's {@code SSL_CERT_FILE} has it: instead of the ones that Java knows.
     *
     * @throws ClientException if the file cannot be read as certificates
     */
    static SSLContext inFile(Path file) {
        try (var in = Files.newInputStream(file)) {
            var store = KeyStore.getInstance(KeyStore.getDefaultType());
            store.load(null, null);
            for (var certificate : CertificateFactory.getInstance("X.509").generateCertificates(in)) {
                store.setCertificateEntry(Integer.toString(store.size()), certificate);
            }
            var trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(store);
            var context = SSLContext.getInstance("TLS");
            context.init(null, trust.getTrustManagers(), null);
            return context;
        } catch (IOException | GeneralSecurityException e) {
            throw new ClientException(
                    Category.INVALID, "could not read certificates from " + file + ", which SSL_CERT_FILE names: " + e.getMessage(), e);
        }
    }
}
