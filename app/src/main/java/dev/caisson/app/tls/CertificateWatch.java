package dev.caisson.app.tls;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Renews the certificate when it is due, and gives a new one to the server as soon as its files have changed. One that clients
 * would not accept is reported and the old one stays.
 */
public final class CertificateWatch implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(CertificateWatch.class);
    private static final Duration INTERVAL = Duration.ofSeconds(2);

    /** Whether the certificate is due is asked about once an hour. */
    private static final int LOOKS_PER_RENEWAL = 1800;

    private final Certificates certificates;
    private final Consumer<ServerCertificate> use;
    private final CountDownLatch closed = new CountDownLatch(1);
    private Certificates.Texts inUse;
    /** What was there the last time: certificate and key are two files, and may be seen between the writing of both. */
    private Certificates.Texts seen;
    private Optional<Certificates.Texts> refused = Optional.empty();
    private String unreadable = "";
    private int looks;

    /** Takes what is there now as in use already. */
    CertificateWatch(Certificates certificates, Consumer<ServerCertificate> use) {
        this.certificates = certificates;
        this.use = use;
        this.inUse = certificates.read();
        this.seen = inUse;
    }

    /** @param use given each new certificate */
    public static CertificateWatch start(Certificates certificates, Consumer<ServerCertificate> use) {
        var watch = new CertificateWatch(certificates, use);
        Thread.ofVirtual().name("certificate").start(watch::run);
        return watch;
    }

    private void run() {
        try {
            while (!closed.await(INTERVAL.toMillis(), TimeUnit.MILLISECONDS)) {
                look();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** One look; a change is taken by the second look that sees it. Whatever goes wrong, the next look happens. */
    void look() {
        try {
            if (looks++ % LOOKS_PER_RENEWAL == 0) {
                certificates.renewIfDue().ifPresent(made -> LOG.info("made {}", made));
            }
            look(certificates.read());
            unreadable = "";
        } catch (RuntimeException e) {
            var problem = String.valueOf(e.getMessage());
            if (!problem.equals(unreadable)) {
                LOG.error("the certificate in use stays: {}", problem);
                unreadable = problem;
            }
        }
    }

    private void look(Certificates.Texts now) {
        boolean settled = now.equals(seen);
        seen = now;
        if (!settled || now.equals(inUse) || refused.filter(now::equals).isPresent()) {
            return;
        }
        try {
            var certificate = certificates.parseStrictly(now);
            use.accept(certificate);
            inUse = now;
            LOG.info("uses the new certificate in {}, valid until {}", certificates.certificateFile(), certificate.expires());
        } catch (RuntimeException e) {
            refused = Optional.of(now);
            LOG.error("the certificate in use stays, the new one is not taken: {}", e.getMessage());
        }
    }

    @Override
    public void close() {
        closed.countDown();
    }
}
