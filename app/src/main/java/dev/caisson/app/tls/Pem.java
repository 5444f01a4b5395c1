package dev.caisson.app.tls;

import java.io.IOException;
import java.io.Reader;
import java.io.StringReader;
import java.io.StringWriter;
import java.security.PrivateKey;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.openssl.PEMEncryptedKeyPair;
import org.bouncycastle.openssl.PEMKeyPair;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.openssl.jcajce.JcaPEMKeyConverter;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.openssl.jcajce.JcaPKCS8Generator;
import org.bouncycastle.pkcs.PKCS8EncryptedPrivateKeyInfo;

/** Certificates and keys as text. */
final class Pem {
    private Pem() {}

    /**
     * Every certificate in a text, in order.
     *
     * @param origin the file, for messages
     * @throws TlsException if there is none, or one is damaged
     */
    static List<X509Certificate> certificates(String text, String origin) {
        var converter = new JcaX509CertificateConverter();
        var found = new ArrayList<X509Certificate>();
        try {
            for (var part : parts(new StringReader(text))) {
                if (part instanceof X509CertificateHolder holder) {
                    found.add(converter.getCertificate(holder));
                }
            }
        } catch (IOException | CertificateException e) {
            throw new TlsException(origin + " holds a damaged certificate: " + e.getMessage() + "; PEM is needed", e);
        }
        if (found.isEmpty()) {
            throw new TlsException(origin + " holds no certificate; a PEM file is needed, with BEGIN CERTIFICATE");
        }
        return found;
    }

    /**
     * The private key in a text, in any of the usual forms without a passphrase.
     *
     * @param origin the file, for messages
     * @throws TlsException if there is none, or it cannot be used
     */
    static PrivateKey privateKey(String text, String origin) {
        var converter = new JcaPEMKeyConverter();
        try {
            for (var part : parts(new StringReader(text))) {
                switch (part) {
                    case PrivateKeyInfo info -> {
                        return converter.getPrivateKey(info);
                    }
                    case PEMKeyPair pair -> {
                        return converter.getPrivateKey(pair.getPrivateKeyInfo());
                    }
                    case PKCS8EncryptedPrivateKeyInfo _, PEMEncryptedKeyPair _ -> throw new TlsException(
                            "the key in " + origin + " has a passphrase; `openssl pkey -in FILE -out NEW` writes it without one");
                    default -> {
                        // A certificate or parameters beside the key.
                    }
                }
            }
        } catch (IOException e) {
            throw new TlsException(origin + " holds a damaged key: " + e.getMessage() + "; PEM is needed", e);
        }
        throw new TlsException(origin + " holds no private key; a PEM file is needed, with BEGIN PRIVATE KEY");
    }

    static String of(X509Certificate certificate) {
        return written(certificate);
    }

    static String of(PrivateKey key) {
        try {
            return written(new JcaPKCS8Generator(key, null));
        } catch (IOException e) {
            throw new TlsException("a key could not be written: " + e.getMessage(), e);
        }
    }

    private static List<Object> parts(Reader text) throws IOException {
        var parts = new ArrayList<>();
        try (var parser = new PEMParser(text)) {
            for (var part = parser.readObject(); part != null; part = parser.readObject()) {
                parts.add(part);
            }
        }
        return parts;
    }

    private static String written(Object part) {
        var text = new StringWriter();
        try (var writer = new JcaPEMWriter(text)) {
            writer.writeObject(part);
        } catch (IOException e) {
            throw new TlsException("a certificate or key could not be written: " + e.getMessage(), e);
        }
        return text.toString();
    }
}
