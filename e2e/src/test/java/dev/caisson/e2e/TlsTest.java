package dev.caisson.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Names and certificates: unmodified SDKs that know nothing but the domain, the key and whom to trust, so that every request
 * goes to a name below the domain over TLS.
 */
@Tag("root")
class TlsTest {
    private static final String DOMAIN = "e2b.localhost";
    private static final String JAVA_SCRIPT = """
            import { Sandbox } from 'e2b'
            const sandbox = await Sandbox.create('base')
            const greeting = await sandbox.commands.run('echo from $(id -un)')
            await sandbox.files.write('/tmp/www/index.html', 'over TLS')
            await sandbox.commands.run('python3 -m http.server 8000 -d /tmp/www', { background: true })
            const url = `https://${sandbox.getHost(8000)}/`
            let page = await fetch(url)
            while (page.status === 502) page = await fetch(url)
            const link = await fetch(await sandbox.downloadUrl('/tmp/www/index.html'))
            console.log([sandbox.sandboxDomain, greeting.stdout.trim(), page.status, await page.text(), await link.text()].join('|'))
            await sandbox.kill()
            """;
    /** h2 within the SDK; the page with the standard library. */
    private static final String PYTHON = """
            import urllib.error, urllib.request
            from e2b import Sandbox
            sandbox = Sandbox.create('base')
            greeting = sandbox.commands.run('echo from $(id -un)')
            sandbox.files.write('/tmp/www/index.html', 'over TLS')
            sandbox.commands.run('python3 -m http.server 8000 -d /tmp/www', background=True)
            page = None
            while page is None:
                try:
                    page = urllib.request.urlopen('https://' + sandbox.get_host(8000))
                except urllib.error.HTTPError as e:
                    assert e.code == 502, e
            link = sandbox.files.read('/tmp/www/index.html')
            print(sandbox.get_host(8000).split('.', 1)[1], greeting.stdout.strip(), page.status, page.read().decode(), link, sep='|')
            sandbox.kill()
            """;

    private static Caisson caisson;
    private static Names names;

    @BeforeAll
    static void up() {
        caisson = Caisson.up("--domain", DOMAIN);
        names = Names.serve();
    }

    @AfterAll
    static void down() {
        names.close();
        caisson.close();
    }

    private static String authority() {
        return DOMAIN + ":" + caisson.access().url().getPort();
    }

    /** What `caisson env` prints where the names resolve, without the address of sandboxes, so that each is asked by its name. */
    private static Map<String, String> environment() {
        var tls = caisson.data().resolve("tls");
        return Map.of(
                "E2B_API_KEY", caisson.access().key(), "E2B_DOMAIN", authority(),
                "NODE_EXTRA_CA_CERTS", tls.resolve("ca.pem").toString(), "SSL_CERT_FILE", tls.resolve("ca-bundle.pem").toString());
    }

    @ParameterizedTest
    @EnumSource(SdkPackage.class)
    void anSdkThatKnowsTheDomainReachesCommandsFilesAndPorts(SdkPackage sdk) throws IOException {
        var isPython = sdk.name().startsWith("PYTHON");
        var program = Files.createTempFile(sdk.home(), "tls-", isPython ? ".py" : ".mjs");
        try {
            Files.writeString(program, isPython ? PYTHON : JAVA_SCRIPT);
            var result = names.run(sdk.interpreter(), List.of(program.toString()), sdk.home(), environment());
            assertThat(result.errors()).isEmpty();
            assertThat(result.output().strip()).isEqualTo(authority() + "|from user|200|over TLS|over TLS");
        } finally {
            Files.delete(program);
        }
    }

    @Test
    void theCommandLineReachesTheServerByName() {
        var environment = new HashMap<>(environment());
        environment.put("E2B_API_URL", "https://api." + authority());
        environment.put("CAISSON_DATA", caisson.data().toString());
        var command = List.of("-Dcaisson.dist=" + Caisson.property("caisson.dist"), "-cp", Caisson.property("caisson.dist") + "/lib/*",
                "dev.caisson.app.Main", "run", "--", "echo", "hello");
        var result = names.run(Path.of(System.getProperty("java.home"), "bin", "java"), command, caisson.data(), environment);
        assertThat(result.exitCode()).as(result.errors()).isZero();
        assertThat(result.output()).isEqualTo("hello\n");
    }

    @Test
    void envAndUpSayWhomToTrustAndEnvUsesNamesOnlyWhereTheyResolve() {
        var tls = caisson.data().resolve("tls");
        assertThat(caisson.cli("up").expectSuccess().output())
                .contains("https://PORT-ID." + authority())
                .contains("NODE_EXTRA_CA_CERTS=" + tls.resolve("ca.pem"))
                .contains("SSL_CERT_FILE=" + tls.resolve("ca-bundle.pem"));

        var command = List.of("-Dcaisson.dist=" + Caisson.property("caisson.dist"), "-cp", Caisson.property("caisson.dist") + "/lib/*",
                "dev.caisson.app.Main", "env", "--data", caisson.data().toString());
        var lines = names.run(Path.of(System.getProperty("java.home"), "bin", "java"), command, caisson.data(), Map.of()).output();
        assertThat(lines.lines())
                .contains("export E2B_DOMAIN=" + authority(), "export E2B_API_URL=https://api." + authority())
                .contains("export SSL_CERT_FILE=" + tls.resolve("ca-bundle.pem"), "export NODE_EXTRA_CA_CERTS=" + tls.resolve("ca.pem"));
    }

    @Test
    void theDomainIsRememberedAndDoctorLooksAtTheCertificate() {
        var process = caisson.server().process();
        caisson.cli("up").expectSuccess();
        assertThat(caisson.server().process()).isEqualTo(process);
        assertThat(caisson.cli("doctor").output()).containsPattern("ok +certificate +for \\*\\." + Pattern.quote(DOMAIN));
    }

    @Test
    void aCertificateThatCannotBeUsedIsRefusedAndNothingChanges(@TempDir Path folder) throws IOException {
        var key = Files.writeString(folder.resolve("key"), "nonsense");
        var server = caisson.data().resolve("tls/server.pem").toString();
        for (var options : new String[][] {{"--tls-cert", server, "--tls-key", key.toString()}, {"--tls-cert", server}, {"--domain", "localhost"}}) {
            var arguments = new java.util.ArrayList<>(List.of("up"));
            arguments.addAll(List.of(options));
            var result = caisson.cli(arguments.toArray(String[]::new));
            assertThat(result.exitCode()).isEqualTo(1);
            assertThat(result.errors()).containsPattern("no private key|go together|two labels");
        }
        assertThat(caisson.cli("doctor").output()).containsPattern("ok +certificate");
    }

    /** Another installation's certificate stands for a renewed one. */
    @Test
    void aNewGivenCertificateIsServedWithoutARestart(@TempDir Path folder) throws IOException {
        var first = caisson.data().resolve("tls/server.pem");
        var file = Files.copy(first, folder.resolve("server.pem"));
        try (var other = Caisson.up("--domain", DOMAIN)) {
            caisson.cli("up", "--tls-cert", file.toString(), "--tls-key", file.toString()).expectSuccess();
            var process = caisson.server().process();
            assertThat(isTrusted(caisson.data())).isTrue();

            Files.copy(other.data().resolve("tls/server.pem"), file, StandardCopyOption.REPLACE_EXISTING);
            Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> isTrusted(other.data()));
            assertThat(caisson.server().process()).isEqualTo(process);

            Files.writeString(file, "broken");
            Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> log().contains("the certificate in use stays"));
            assertThat(isTrusted(other.data())).isTrue();
        } finally {
            caisson.cli("up", "--tls-cert", "", "--tls-key", "").expectSuccess();
        }
    }

    private static String log() throws IOException {
        return Files.readString(caisson.data().resolve("logs/server.log"));
    }

    private static boolean isTrusted(Path installation) {
        var authority = installation.resolve("tls/ca.pem").toString();
        var curl = SdkPackage.program("curl");
        return names.run(curl, List.of("-s", "--cacert", authority, "https://api." + authority() + "/health"), caisson.data(), Map.of()).exitCode() == 0;
    }
}
