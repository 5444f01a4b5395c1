package dev.caisson.app.tls;

import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.HexFormat;
import java.util.List;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.GeneralSubtree;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.NameConstraints;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509CertificateHolder;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/**
 * A certificate authority for one domain. Whoever trusts it trusts it for that domain and the machine's loopback addresses only:
 * its certificate says so (RFC 5280 §4.2.1.10).
 */
record Authority(X509Certificate certificate, PrivateKey key) {
    private static final Duration LIFE = Duration.ofDays(3650);
    /** Below what clients accept at most (398 days). */
    private static final Duration ISSUED_LIFE = Duration.ofDays(180);
    /** For clients whose clock is behind. */
    private static final Duration EARLIER = Duration.ofHours(1);

    private static final String SIGNATURE = "SHA256withECDSA";
    private static final SecureRandom RANDOM = new SecureRandom();

    static Authority create(String domain, Instant now) {
        var pair = newKeys();
        // A name of its own, so that a trust store can hold several.
        var name = new X500Name("CN=Caisson CA " + HexFormat.of().toHexDigits(RANDOM.nextInt()));
        var permitted = new GeneralSubtree[] {
            subtree(GeneralName.dNSName, domain),
            subtree(GeneralName.dNSName, "localhost"),
            subtree(GeneralName.iPAddress, "127.0.0.0/8"),
            subtree(GeneralName.iPAddress, "::1/128")
        };
        try {
            var builder = new JcaX509v3CertificateBuilder(
                            name, serial(), Date.from(now.minus(EARLIER)), Date.from(now.plus(LIFE)), name, pair.getPublic())
                    .addExtension(Extension.basicConstraints, true, new BasicConstraints(0))
                    .addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign))
                    .addExtension(Extension.nameConstraints, true, new NameConstraints(permitted, null))
                    .addExtension(Extension.subjectKeyIdentifier, false, new JcaX509ExtensionUtils().createSubjectKeyIdentifier(pair.getPublic()));
            var holder = builder.build(new JcaContentSignerBuilder(SIGNATURE).build(pair.getPrivate()));
            return new Authority(new JcaX509CertificateConverter().getCertificate(holder), pair.getPrivate());
        } catch (IOException | GeneralSecurityException | OperatorCreationException e) {
            throw failure(e);
        }
    }

    /** A fresh certificate and key for all names below {@code domain}, the domain itself and the loopback addresses. */
    ServerCertificate issue(String domain, Instant now) {
        var pair = newKeys();
        try {
            return new ServerCertificate(List.of(sign(domain, pair.getPublic(), now)), pair.getPrivate());
        } catch (IOException | GeneralSecurityException | OperatorCreationException e) {
            throw failure(e);
        }
    }

    private X509Certificate sign(String domain, PublicKey owner, Instant now)
            throws IOException, GeneralSecurityException, OperatorCreationException {
        var names = new GeneralNames(new GeneralName[] {
            new GeneralName(GeneralName.dNSName, "*." + domain),
            new GeneralName(GeneralName.dNSName, domain),
            new GeneralName(GeneralName.dNSName, "localhost"),
            new GeneralName(GeneralName.iPAddress, "127.0.0.1"),
            new GeneralName(GeneralName.iPAddress, "::1")
        });
        var end = now.plus(ISSUED_LIFE);
        var last = certificate.getNotAfter().toInstant();
        var extensions = new JcaX509ExtensionUtils();
        var builder = new JcaX509v3CertificateBuilder(
                        new JcaX509CertificateHolder(certificate).getSubject(), serial(), Date.from(now.minus(EARLIER)),
                        Date.from(end.isBefore(last) ? end : last), new X500Name("CN=Caisson"), owner)
                .addExtension(Extension.basicConstraints, true, new BasicConstraints(false))
                .addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature))
                .addExtension(Extension.extendedKeyUsage, false, new ExtendedKeyUsage(KeyPurposeId.id_kp_serverAuth))
                .addExtension(Extension.subjectAlternativeName, false, names)
                .addExtension(Extension.subjectKeyIdentifier, false, extensions.createSubjectKeyIdentifier(owner))
                .addExtension(Extension.authorityKeyIdentifier, false, extensions.createAuthorityKeyIdentifier(certificate));
        return new JcaX509CertificateConverter().getCertificate(builder.build(new JcaContentSignerBuilder(SIGNATURE).build(key)));
    }

    /** Whether {@code issued} is signed by this authority. */
    boolean issued(X509Certificate issued) {
        try {
            issued.verify(certificate.getPublicKey());
            return true;
        } catch (GeneralSecurityException e) {
            return false;
        }
    }

    /** Whether clients accept what it issues for {@code domain}. */
    boolean speaksFor(String domain) {
        var extension = certificate.getExtensionValue(Extension.nameConstraints.getId());
        if (extension == null) {
            return false;
        }
        try {
            var wanted = subtree(GeneralName.dNSName, domain);
            var constraints = NameConstraints.getInstance(JcaX509ExtensionUtils.parseExtensionValue(extension));
            return List.of(constraints.getPermittedSubtrees()).contains(wanted);
        } catch (IOException e) {
            return false;
        }
    }

    private static GeneralSubtree subtree(int kind, String name) {
        return new GeneralSubtree(new GeneralName(kind, name));
    }

    private static KeyPair newKeys() {
        try {
            var generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"));
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw failure(e);
        }
    }

    /** RFC 5280 §4.1.2.2: positive, at most 20 bytes. */
    private static BigInteger serial() {
        return new BigInteger(127, RANDOM).setBit(126);
    }

    private static TlsException failure(Exception cause) {
        return new TlsException("a certificate could not be made: " + cause.getMessage(), cause);
    }
}
