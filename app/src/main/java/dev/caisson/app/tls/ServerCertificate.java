package dev.caisson.app.tls;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.io.IOException;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * What the server shows its clients.
 *
 * @param chain its own certificate first, then whoever issued it
 * @param key of the first
 */
public record ServerCertificate(List<X509Certificate> chain, PrivateKey key) {
    /** RFC 5280 §4.2.1.6: the form of a subject alternative name that is a DNS name. */
    private static final int DNS_NAME = 2;

    public ServerCertificate {
        chain = List.copyOf(chain);
        if (chain.isEmpty()) {
            throw new IllegalArgumentException("no certificate");
        }
    }

    /**
     * From the texts of two files, or twice the same.
     *
     * @param certificateOrigin the certificate's file, for messages
     * @param keyOrigin the key's file, for messages
     * @throws TlsException if one cannot be read, or the key is another certificate's
     */
    static ServerCertificate parse(String certificate, String certificateOrigin, String key, String keyOrigin) {
        var parsed = new ServerCertificate(Pem.certificates(certificate, certificateOrigin), Pem.privateKey(key, keyOrigin));
        if (!parsed.keyFits()) {
            throw new TlsException("the key in " + keyOrigin + " is not that of the first certificate in " + certificateOrigin
                    + "; the server's own certificate has to come first, those of its issuers behind it");
        }
        return parsed;
    }

    private X509Certificate own() {
        return chain.getFirst();
    }

    /** When the first certificate of the chain ceases to be valid. */
    public Instant expires() {
        return chain.stream().map(certificate -> certificate.getNotAfter().toInstant()).min(Instant::compareTo).orElseThrow();
    }

    /** What keeps clients from accepting it for the names below {@code domain} at {@code now}. */
    public Optional<String> problem(String domain, Instant now) {
        var begins = own().getNotBefore().toInstant();
        if (expires().isBefore(now)) {
            return Optional.of("it expired at " + expires());
        }
        if (begins.isAfter(now)) {
            return Optional.of("it is not valid before " + begins);
        }
        if (!names().contains("*." + domain)) {
            return Optional.of("it does not cover *." + domain + ", only " + String.join(", ", names()));
        }
        return Optional.empty();
    }

    /** The DNS names it is valid for, in small letters. */
    List<String> names() {
        try {
            Collection<List<?>> names = own().getSubjectAlternativeNames();
            return names == null
                    ? List.of()
                    : names.stream()
                            .filter(name -> name.getFirst().equals(DNS_NAME))
                            .map(name -> String.valueOf(name.get(1)).toLowerCase(java.util.Locale.ROOT))
                            .toList();
        } catch (CertificateParsingException e) {
            throw new TlsException("the names in the certificate cannot be read: " + e.getMessage(), e);
        }
    }

    private boolean keyFits() {
        var algorithm = switch (key.getAlgorithm()) {
            case "RSA" -> "SHA256withRSA";
            case "EC" -> "SHA256withECDSA";
            case String other -> other;
        };
        var probe = "Caisson".getBytes(StandardCharsets.US_ASCII);
        try {
            var signer = Signature.getInstance(algorithm);
            signer.initSign(key);
            signer.update(probe);
            var verifier = Signature.getInstance(algorithm);
            verifier.initVerify(own().getPublicKey());
            verifier.update(probe);
            return verifier.verify(signer.sign());
        } catch (GeneralSecurityException e) {
            return false;
        }
    }

    /** As the JDK's TLS takes it; without a password, for it is never written. */
    public KeyStore keyStore() {
        try {
            var store = KeyStore.getInstance("PKCS12");
            store.load(null, null);
            store.setKeyEntry("server", key, new char[0], chain.toArray(X509Certificate[]::new));
            return store;
        } catch (GeneralSecurityException | IOException e) {
            throw new TlsException("the certificate cannot be used: " + e.getMessage(), e);
        }
    }
}
