package dev.caisson.app.tls;

import dev.caisson.linux.FileCopies;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * The certificate that an installation makes itself, and its authority, below {@code <data>/tls}: {@code ca.pem} and
 * {@code ca-bundle.pem} (the machine's authorities, and this one) for everybody, {@code ca.key} and {@code server.pem} for root.
 */
final class OwnCertificate {
    /** Clients keep the authority, so they do not notice. */
    private static final Duration RENEW_BEFORE = Duration.ofDays(60);

    private static final String FOR_ALL = "rw-r--r--";
    private static final String FOR_ROOT = "rw-------";

    private final Path folder;
    private final String domain;

    OwnCertificate(Path data, String domain) {
        this.folder = data.resolve("tls");
        this.domain = domain;
    }

    /** The server's certificate and its key. */
    Path server() {
        return folder.resolve("server.pem");
    }

    Path authority() {
        return folder.resolve("ca.pem");
    }

    Path bundle() {
        return folder.resolve("ca-bundle.pem");
    }

    private Path authorityKey() {
        return folder.resolve("ca.key");
    }

    /**
     * Makes what is missing, damaged, for another domain or soon to expire.
     *
     * @return what was made, in words; nothing if all was well
     */
    Optional<String> ensure(Instant now) {
        var known = knownAuthority().filter(authority -> authority.speaksFor(domain) && !isDue(authority.certificate().getNotAfter().toInstant(), now));
        var authority = known.orElseGet(() -> newAuthority(now));
        if (known.isPresent() && isGood(known.get(), now)) {
            return Optional.empty();
        }
        var issued = authority.issue(domain, now);
        write(server(), Pem.of(issued.chain().getFirst()) + Pem.of(issued.key()), FOR_ROOT);
        var made = "a certificate for *." + domain + ", valid until " + issued.expires();
        return Optional.of(known.isPresent() ? made : "a certificate authority in " + authority() + " and " + made);
    }

    /** Writes {@link #bundle} anew, for programs that know one file of authorities only. */
    void writeBundle(Path machines) {
        var text = Files.exists(machines) ? read(machines) : "";
        write(bundle(), text + (text.isEmpty() || text.endsWith("\n") ? "" : "\n") + read(authority()), FOR_ALL);
    }

    /** None also where only one of its two files was written before a crash: the key beside it is another's. */
    private Optional<Authority> knownAuthority() {
        var certificate = find(authority());
        var key = find(authorityKey());
        try {
            if (certificate.isPresent() && key.isPresent()) {
                var pair = ServerCertificate.parse(certificate.get(), authority().toString(), key.get(), authorityKey().toString());
                return Optional.of(new Authority(pair.chain().getFirst(), pair.key()));
            }
        } catch (TlsException e) {
            // Damaged.
            return Optional.empty();
        }
        return Optional.empty();
    }

    private Authority newAuthority(Instant now) {
        var authority = Authority.create(domain, now);
        try {
            Files.createDirectories(folder);
            Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
        } catch (IOException e) {
            throw new TlsException("could not make " + folder + ": " + e.getMessage(), e);
        }
        write(authorityKey(), Pem.of(authority.key()), FOR_ROOT);
        write(authority(), Pem.of(authority.certificate()), FOR_ALL);
        return authority;
    }

    private boolean isGood(Authority authority, Instant now) {
        var text = find(server()).orElse("");
        try {
            var file = server().toString();
            var known = ServerCertificate.parse(text, file, text, file);
            return authority.issued(known.chain().getFirst()) && known.problem(domain, now).isEmpty() && !isDue(known.expires(), now);
        } catch (TlsException e) {
            return false;
        }
    }

    private static boolean isDue(Instant expires, Instant now) {
        return expires.minus(RENEW_BEFORE).isBefore(now);
    }

    /**
     * The text in a file; empty if there is no file, or no text in it.
     *
     * @throws TlsException if it could not be read this time: what it holds may be good
     */
    private static Optional<String> find(Path file) {
        try {
            return Optional.of(Files.readString(file));
        } catch (NoSuchFileException | CharacterCodingException e) {
            return Optional.empty();
        } catch (IOException e) {
            throw new TlsException("could not read " + file + ": " + e.getMessage(), e);
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new TlsException("could not read " + file + ": " + e.getMessage(), e);
        }
    }

    private static void write(Path file, String text, String mode) {
        try {
            var aside = file.resolveSibling(file.getFileName() + ".new");
            Files.deleteIfExists(aside);
            Files.createFile(aside, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(FOR_ROOT)));
            Files.writeString(aside, text);
            Files.setPosixFilePermissions(aside, PosixFilePermissions.fromString(mode));
            FileCopies.sync(aside);
            Files.move(aside, file, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new TlsException("could not write " + file + ": " + e.getMessage(), e);
        }
    }
}
