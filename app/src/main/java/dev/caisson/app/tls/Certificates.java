package dev.caisson.app.tls;

import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.stream.Stream;

/** An installation's certificate, wherever it comes from. Safe for use by many threads. */
public final class Certificates {
    /** Where distributions keep the authorities that they trust. */
    private static final String[] MACHINES = {
        "/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/cert.pem"
    };

    /** Most issuers renew a month before the end, this one two; whoever is past that has missed it. */
    private static final Duration SHORT = Duration.ofDays(14);

    private final TlsSettings settings;
    private final InstantSource clock;
    private final OwnCertificate own;

    /** @param settings with a domain */
    public Certificates(Path data, TlsSettings settings, InstantSource clock) {
        this.settings = settings;
        this.clock = clock;
        this.own = new OwnCertificate(data, settings.domain());
    }

    /** What the files hold, as it is. */
    record Texts(String certificate, String key) {}

    /** For programs that take authorities in addition to those they know; there only where the certificate is the installation's own. */
    public Path authorityFile() {
        return own.authority();
    }

    /** For programs that take a file instead of the authorities they know. */
    public Path bundleFile() {
        return own.bundle();
    }

    /**
     * Makes the installation's own certificate as far as it is missing or due; checks a given one.
     *
     * @return what was made, in words
     * @throws TlsException if a given one would not be accepted by clients
     */
    public Optional<String> prepare() {
        if (settings.makesOwn()) {
            var made = own.ensure(clock.instant());
            own.writeBundle(machinesAuthorities());
            return made;
        }
        parseStrictly(read());
        return Optional.empty();
    }

    /** Renews the installation's own certificate when it is due; leaves a given one to whoever gave it. */
    Optional<String> renewIfDue() {
        return settings.makesOwn() ? own.ensure(clock.instant()) : Optional.empty();
    }

    /** What there is, usable or not in the eyes of clients: {@link #problem} tells. */
    public ServerCertificate load() {
        return parse(read());
    }

    /** What keeps clients from accepting {@code certificate} now. */
    public Optional<String> problem(ServerCertificate certificate) {
        return certificate.problem(settings.domain(), clock.instant());
    }

    /** Whether it is time to think of the next one. */
    public boolean isShort(ServerCertificate certificate) {
        return certificate.expires().minus(SHORT).isBefore(clock.instant());
    }

    Texts read() {
        return new Texts(read(certificateFile()), read(keyFile()));
    }

    ServerCertificate parse(Texts texts) {
        return ServerCertificate.parse(texts.certificate(), certificateFile().toString(), texts.key(), keyFile().toString());
    }

    /** @throws TlsException if clients would not accept it */
    ServerCertificate parseStrictly(Texts texts) {
        var certificate = parse(texts);
        problem(certificate).ifPresent(problem -> {
            throw new TlsException("the certificate in " + certificateFile() + " cannot be used: " + problem);
        });
        return certificate;
    }

    /** Where the chain lies. */
    public Path certificateFile() {
        return settings.makesOwn() ? own.server() : settings.certificateFile();
    }

    private Path keyFile() {
        return settings.makesOwn() ? own.server() : settings.keyFile();
    }

    private static Path machinesAuthorities() {
        return Stream.of(MACHINES).map(Path::of).filter(Files::exists).findFirst().orElse(Path.of(MACHINES[0]));
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (NoSuchFileException e) {
            throw new TlsException("there is no file " + file, e);
        } catch (AccessDeniedException e) {
            throw new TlsException("you may not read " + file, e);
        } catch (MalformedInputException e) {
            throw new TlsException(file + " is not PEM; `openssl x509 -inform der -in FILE -out NEW` turns DER into PEM", e);
        } catch (IOException e) {
            throw new TlsException("could not read " + file + ": " + e.getMessage(), e);
        }
    }
}
