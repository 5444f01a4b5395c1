package dev.caisson.app.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.caisson.base.testing.ManualClock;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.cert.CertPathValidator;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Date;
import java.util.List;
import java.util.Set;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.sec.ECPrivateKey;
import org.bouncycastle.asn1.sec.SECObjectIdentifiers;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.NameConstraintValidatorException;
import org.bouncycastle.asn1.x509.NameConstraints;
import org.bouncycastle.asn1.x509.PKIXNameConstraintValidator;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.openssl.PKCS8Generator;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.openssl.jcajce.JcaPKCS8Generator;
import org.bouncycastle.openssl.jcajce.JceOpenSSLPKCS8EncryptorBuilder;
import org.bouncycastle.util.io.pem.PemObject;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CertificatesTest {
    private static final Instant NOW = Instant.parse("2026-03-01T00:00:00Z");
    private static final String DOMAIN = "e2b.localhost";

    @TempDir
    Path data;

    private final ManualClock clock = new ManualClock(NOW);

    private Certificates own(String domain) {
        return new Certificates(data, new TlsSettings(domain, "", ""), clock);
    }

    private Certificates given(Path certificate, Path key) {
        return given(certificate, key, clock);
    }

    private Certificates given(Path certificate, Path key, InstantSource time) {
        return new Certificates(data, new TlsSettings(DOMAIN, certificate.toString(), key.toString()), time);
    }

    private Path made(String file) {
        return data.resolve("tls").resolve(file);
    }

    private void expectTrusted(ServerCertificate certificate, Instant now) throws Exception {
        validate(Pem.certificates(Files.readString(made("ca.pem")), "ca.pem").getFirst(), certificate.chain(), now);
    }

    /** As clients do; the JDK's validator leaves out the constraints of the authority that is trusted itself. */
    private static void validate(X509Certificate authority, List<X509Certificate> chain, Instant now) throws Exception {
        var parameters = new PKIXParameters(Set.of(new TrustAnchor(authority, null)));
        parameters.setRevocationEnabled(false);
        parameters.setDate(Date.from(now));
        CertPathValidator.getInstance("PKIX").validate(CertificateFactory.getInstance("X.509").generateCertPath(chain), parameters);

        var constraints = new PKIXNameConstraintValidator();
        constraints.intersectPermittedSubtree(NameConstraints.getInstance(extension(authority, Extension.nameConstraints)).getPermittedSubtrees());
        for (var name : GeneralNames.getInstance(extension(chain.getFirst(), Extension.subjectAlternativeName)).getNames()) {
            constraints.checkPermitted(name);
        }
    }

    private static Object extension(X509Certificate certificate, ASN1ObjectIdentifier id) throws IOException {
        return JcaX509ExtensionUtils.parseExtensionValue(certificate.getExtensionValue(id.getId()));
    }

    @Test
    void anInstallationMakesAnAuthorityAndAWildcardCertificate() throws Exception {
        assertThat(own(DOMAIN).prepare()).hasValueSatisfying(made -> assertThat(made).contains("authority").contains("*." + DOMAIN));

        var certificate = own(DOMAIN).load();
        assertThat(certificate.names()).contains("*." + DOMAIN, DOMAIN);
        assertThat(own(DOMAIN).problem(certificate)).isEmpty();
        expectTrusted(certificate, NOW);
    }

    @Test
    void keysAreForRootAndTheAuthoritysCertificateForAll() throws IOException {
        own(DOMAIN).prepare();
        for (var file : List.of("ca.key", "server.pem")) {
            assertThat(Files.getPosixFilePermissions(made(file))).as(file).isEqualTo(PosixFilePermissions.fromString("rw-------"));
        }
        for (var file : List.of("ca.pem", "ca-bundle.pem")) {
            assertThat(Files.getPosixFilePermissions(made(file))).as(file).isEqualTo(PosixFilePermissions.fromString("rw-r--r--"));
            assertThat(made(file)).content().doesNotContain("PRIVATE KEY");
        }
        assertThat(made("ca-bundle.pem")).content().endsWith(Files.readString(made("ca.pem")));
    }

    @Test
    void whatIsThereStays() throws IOException {
        own(DOMAIN).prepare();
        var authority = Files.readString(made("ca.pem"));
        var server = Files.readString(made("server.pem"));
        assertThat(own(DOMAIN).prepare()).isEmpty();
        assertThat(made("ca.pem")).hasContent(authority);
        assertThat(made("server.pem")).hasContent(server);
    }

    @Test
    void aCertificateCloseToItsEndIsRenewedByTheSameAuthority() throws Exception {
        own(DOMAIN).prepare();
        var authority = Files.readString(made("ca.pem"));
        var old = own(DOMAIN).load();
        assertThat(own(DOMAIN).renewIfDue()).isEmpty();

        clock.advance(Duration.between(NOW, old.expires()).minusDays(30));
        assertThat(own(DOMAIN).renewIfDue()).isPresent();
        var renewed = own(DOMAIN).load();
        assertThat(renewed.expires()).isAfter(old.expires().plus(Duration.ofDays(100)));
        assertThat(made("ca.pem")).hasContent(authority);
        expectTrusted(renewed, clock.instant());
    }

    @Test
    void anotherDomainGetsAnotherAuthorityBecauseTheOldOneMayNotSpeakForIt() throws Exception {
        own(DOMAIN).prepare();
        var old = new Authority(
                Pem.certificates(Files.readString(made("ca.pem")), "").getFirst(), Pem.privateKey(Files.readString(made("ca.key")), ""));
        var overreach = old.issue("example.org", NOW).chain();
        assertThatThrownBy(() -> validate(old.certificate(), overreach, NOW)).isInstanceOf(NameConstraintValidatorException.class);

        own("sandboxes.example.org").prepare();
        var certificate = own("sandboxes.example.org").load();
        assertThat(certificate.names()).contains("*.sandboxes.example.org");
        expectTrusted(certificate, NOW);
    }

    @ParameterizedTest
    @ValueSource(strings = {"ca.key", "ca.pem", "server.pem"})
    void whatIsDamagedIsMadeAnew(String file) throws Exception {
        own(DOMAIN).prepare();
        Files.writeString(made(file), "broken");
        assertThat(own(DOMAIN).prepare()).isPresent();
        expectTrusted(own(DOMAIN).load(), NOW);
    }

    @ParameterizedTest
    @ValueSource(strings = {"ca.key", "ca.pem"})
    void anAuthorityOfWhichHalfIsAnothersIsMadeAnew(String file) throws Exception {
        own(DOMAIN).prepare();
        var other = Authority.create(DOMAIN, NOW);
        Files.writeString(made(file), file.equals("ca.key") ? Pem.of(other.key()) : Pem.of(other.certificate()));
        assertThat(own(DOMAIN).prepare()).hasValueSatisfying(made -> assertThat(made).contains("authority"));
        expectTrusted(own(DOMAIN).load(), NOW);
        assertThat(own(DOMAIN).prepare()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"ca.key", "ca.pem", "server.pem"})
    void whatCannotBeReadThisTimeIsNotReplaced(String file) throws Exception {
        own(DOMAIN).prepare();
        // Reading a folder fails, but not because there is nothing.
        Files.delete(made(file));
        Files.createDirectory(made(file));
        var authority = file.equals("ca.pem") ? made("ca.key") : made("ca.pem");
        var before = Files.readString(authority);
        assertThatThrownBy(() -> own(DOMAIN).prepare()).isInstanceOf(TlsException.class).hasMessageContaining("could not read").hasMessageContaining(file);
        assertThat(made(file)).isDirectory();
        assertThat(authority).hasContent(before);
    }

    @Test
    void aGivenCertificateIsTakenInAnyUsualForm() throws Exception {
        var authority = Authority.create(DOMAIN, NOW);
        var issued = authority.issue(DOMAIN, NOW);
        var chain = Files.writeString(data.resolve("chain"), Pem.of(issued.chain().getFirst()) + Pem.of(authority.certificate()));
        var key = Files.writeString(data.resolve("key"), "a remark\n" + Pem.of(issued.key()));
        assertThat(given(chain, key).prepare()).isEmpty();
        assertThat(given(chain, key).load().chain()).hasSize(2);

        // As `openssl ecparam -genkey` writes it.
        var curve = SECObjectIdentifiers.secp256r1;
        var old = new ECPrivateKey(256, ((java.security.interfaces.ECPrivateKey) issued.key()).getS(), curve);
        Files.writeString(key, written(new PemObject("EC PARAMETERS", curve.getEncoded())) + written(new PemObject("EC PRIVATE KEY", old.getEncoded())));
        assertThat(given(chain, key).prepare()).isEmpty();
    }

    @Test
    void aGivenCertificateThatCannotBeUsedIsRefusedWithTheReason() throws Exception {
        var authority = Authority.create(DOMAIN, NOW);
        var issued = authority.issue(DOMAIN, NOW);
        var other = authority.issue("example.org", NOW);
        var good = Files.writeString(data.resolve("good"), Pem.of(issued.chain().getFirst()));
        var key = Files.writeString(data.resolve("key"), Pem.of(issued.key()));
        var foreign = Files.writeString(data.resolve("foreign"), Pem.of(other.chain().getFirst()));
        var foreignKey = Files.writeString(data.resolve("foreign.key"), Pem.of(other.key()));
        var empty = Files.writeString(data.resolve("empty"), "");
        var cut = Files.writeString(data.resolve("cut"), Files.readString(good).substring(0, 200));

        expectRefused(given(good, foreignKey), "the key in " + foreignKey + " is not that of the first certificate");
        expectRefused(given(foreign, foreignKey), "does not cover *." + DOMAIN + ", only *.example.org");
        expectRefused(given(empty, key), "holds no certificate");
        expectRefused(given(good, empty), "holds no private key");
        expectRefused(given(cut, key), cut + " holds");
        expectRefused(given(data.resolve("none"), key), "there is no file " + data.resolve("none"));
        expectRefused(given(data, key), "could not read " + data);
        expectRefused(given(good, key, InstantSource.fixed(NOW.plus(Duration.ofDays(400)))), "it expired at ");
        expectRefused(given(good, key, InstantSource.fixed(NOW.minus(Duration.ofDays(400)))), "it is not valid before ");
    }

    private static void expectRefused(Certificates certificates, String reason) {
        assertThatThrownBy(certificates::prepare).isInstanceOf(TlsException.class).hasMessageContaining(reason);
    }

    @Test
    void aKeyWithAPassphraseIsRefusedWithTheRemedy() throws Exception {
        var issued = Authority.create(DOMAIN, NOW).issue(DOMAIN, NOW);
        var encryptor = new JceOpenSSLPKCS8EncryptorBuilder(PKCS8Generator.AES_256_CBC).setPassword("secret".toCharArray()).setProvider(new BouncyCastleProvider()).build();
        var text = written(new JcaPKCS8Generator(issued.key(), encryptor));
        assertThatThrownBy(() -> Pem.privateKey(text, "key.pem")).hasMessageContaining("passphrase").hasMessageContaining("openssl pkey");
    }

    private static String written(Object part) throws IOException {
        var text = new StringWriter();
        try (var writer = new JcaPEMWriter(text)) {
            writer.writeObject(part);
        }
        return text.toString();
    }

    @ParameterizedTest
    @ValueSource(strings = {"localhost", "a..b", "-a.b", "127.0.0.1", "*.a.b", "a.b/c", "a.b:443", " a.b"})
    void aDomainIsANameOfAtLeastTwoLabels(String domain) {
        assertThatThrownBy(() -> new TlsSettings(domain, "", "")).isInstanceOf(TlsException.class).hasMessageContaining("two labels");
    }

    @Test
    void settingsThatDoNotGoTogetherAreRefused() {
        assertThatThrownBy(() -> new TlsSettings(DOMAIN, "c", "")).hasMessageContaining("--tls-key");
        assertThatThrownBy(() -> new TlsSettings("", "c", "k")).hasMessageContaining("--domain");
        assertThat(new TlsSettings("E2B.localhost", "", "").domain()).isEqualTo(DOMAIN);
        assertThat(new TlsSettings(DOMAIN, "", "").authority(4747)).isEqualTo("e2b.localhost:4747");
        assertThat(new TlsSettings(DOMAIN, "", "").authority(443)).isEqualTo("e2b.localhost");
    }
}
