package dev.caisson.app.tls;

import static org.assertj.core.api.Assertions.assertThat;

import dev.caisson.base.testing.ManualClock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CertificateWatchTest {
    private static final Instant NOW = Instant.parse("2026-03-01T00:00:00Z");
    private static final String DOMAIN = "e2b.localhost";

    @TempDir
    Path folder;

    private final ManualClock clock = new ManualClock(NOW);
    private final Authority authority = Authority.create(DOMAIN, NOW);
    private final List<ServerCertificate> used = new ArrayList<>();

    private CertificateWatch watchGiven() throws IOException {
        write(authority.issue(DOMAIN, NOW));
        return new CertificateWatch(given(), used::add);
    }

    private Certificates given() {
        var settings = new TlsSettings(DOMAIN, folder.resolve("chain").toString(), folder.resolve("key").toString());
        return new Certificates(folder, settings, clock);
    }

    private void write(ServerCertificate certificate) throws IOException {
        Files.writeString(folder.resolve("chain"), Pem.of(certificate.chain().getFirst()));
        Files.writeString(folder.resolve("key"), Pem.of(certificate.key()));
    }

    private static void look(CertificateWatch watch, int times) {
        for (int i = 0; i < times; i++) {
            watch.look();
        }
    }

    @Test
    void unchangedFilesAreLeftAlone() throws IOException {
        try (var watch = watchGiven()) {
            look(watch, 3);
            assertThat(used).isEmpty();
        }
    }

    @Test
    void aNewCertificateIsUsedOnce() throws IOException {
        try (var watch = watchGiven()) {
            look(watch, 1);
            var fresh = authority.issue(DOMAIN, NOW);
            write(fresh);
            look(watch, 4);
            assertThat(used).extracting(ServerCertificate::chain).containsExactly(fresh.chain());
        }
    }

    @Test
    void aBrokenOneIsNotUsedAndTheNextGoodOneIs() throws IOException {
        try (var watch = watchGiven()) {
            Files.writeString(folder.resolve("chain"), "broken");
            look(watch, 4);
            write(Authority.create("example.org", NOW).issue("example.org", NOW));
            look(watch, 4);
            Files.delete(folder.resolve("key"));
            look(watch, 4);
            assertThat(used).isEmpty();

            var fresh = authority.issue(DOMAIN, NOW);
            write(fresh);
            look(watch, 2);
            assertThat(used).extracting(ServerCertificate::chain).containsExactly(fresh.chain());
        }
    }

    @Test
    void oneThatTheServerRefusesIsReportedAndTheNextOneIsUsed() throws IOException {
        write(authority.issue(DOMAIN, NOW));
        var refused = authority.issue(DOMAIN, NOW);
        try (var watch = new CertificateWatch(given(), certificate -> {
            if (certificate.chain().equals(refused.chain())) {
                throw new IllegalArgumentException("the certificate cannot be used");
            }
            used.add(certificate);
        })) {
            write(refused);
            look(watch, 4);
            assertThat(used).isEmpty();
            var fresh = authority.issue(DOMAIN, NOW);
            write(fresh);
            look(watch, 2);
            assertThat(used).extracting(ServerCertificate::chain).containsExactly(fresh.chain());
        }
    }

    @Test
    void theInstallationsOwnIsRenewedAndUsed() {
        var certificates = new Certificates(folder, new TlsSettings(DOMAIN, "", ""), clock);
        certificates.prepare();
        try (var watch = new CertificateWatch(certificates, used::add)) {
            clock.advance(Duration.ofDays(150));
            look(watch, 2);
            assertThat(used).hasSize(1).allSatisfy(fresh -> assertThat(certificates.problem(fresh)).isEmpty());
        }
    }
}
