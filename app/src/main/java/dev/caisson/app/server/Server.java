package dev.caisson.app.server;

import dev.caisson.app.client.Access;
import dev.caisson.app.tls.CertificateWatch;
import dev.caisson.app.tls.Certificates;
import dev.caisson.base.Category;
import dev.caisson.base.CleanupStack;
import dev.caisson.base.Installation;
import dev.caisson.base.SandboxTokens;
import dev.caisson.base.Seal;
import dev.caisson.control.Accounts;
import dev.caisson.control.Idempotency;
import dev.caisson.control.SandboxControl;
import dev.caisson.control.TemplateUses;
import dev.caisson.control.Templates;
import dev.caisson.control.store.SqlAccountStore;
import dev.caisson.control.store.SqlIdempotencyStore;
import dev.caisson.control.store.SqlSnapshotStore;
import dev.caisson.control.store.SqlTemplateUseStore;
import dev.caisson.control.store.SqliteDatabase;
import dev.caisson.engine.gvisor.GvisorConfig;
import dev.caisson.engine.gvisor.GvisorEngine;
import dev.caisson.envd.EnvdService;
import dev.caisson.front.Front;
import dev.caisson.front.InnerDoor;
import dev.caisson.front.Waker;
import dev.caisson.front.jetty.JettyServer;
import dev.caisson.front.rest.RestApi;
import dev.caisson.front.rest.RestParts;
import dev.caisson.front.rest.ServerInfo;
import dev.caisson.front.rest.TeamLimits;
import dev.caisson.guest.GuestAgent;
import dev.caisson.guest.GuestLink;
import dev.caisson.host.Host;
import dev.caisson.host.HostConfig;
import dev.caisson.host.HostParts;
import dev.caisson.host.LinkKeys;
import dev.caisson.host.SandboxListener;
import dev.caisson.host.StepObserver;
import dev.caisson.image.ContentHash;
import dev.caisson.linux.ProcessIdentity;
import dev.caisson.network.NamespaceSlotPool;
import dev.caisson.network.SlotSettings;
import dev.caisson.node.SandboxInfo;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The running server: the object graph, built by hand from the bottom up and closed in reverse. Closing it, or killing the
 * process, leaves the sandboxes running.
 */
public final class Server implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Server.class);
    private static final TeamLimits LIMITS = new TeamLimits(1000, Duration.ofHours(24));
    private static final Duration STOP_PATIENCE = Duration.ofSeconds(2);

    private final CleanupStack parts;

    private Server(CleanupStack parts) {
        this.parts = parts;
    }

    /**
     * Starts everything and returns when requests are answered.
     *
     * @throws AppException if another server has the installation, or nothing was set up yet
     */
    public static Server start(Path data, Settings settings) {
        var parts = new CleanupStack();
        try {
            new Builder(settings.installation(data), settings, parts).build();
            return new Server(parts);
        } catch (RuntimeException e) {
            parts.close();
            throw e;
        }
    }

    @Override
    public void close() {
        parts.close();
        LOG.info("stopped; sandboxes go on");
    }

    /** The graph while it is being built. */
    private record Builder(Installation installation, Settings settings, CleanupStack parts) {

        void build() {
            var clock = Clock.systemUTC();
            var provision = Provision.load(installation.data());
            makeFolders();
            announce();
            var secret = Secrets.serverSecret(installation.data());
            var tokens = new SandboxTokens(secret);

            // Below everything that acts: what the host undoes while it closes is still written down.
            var database = SqliteDatabase.open(installation.data().resolve("control.db"));
            parts.push("close the database", database::close);

            var engine = new GvisorEngine(installation, provision.engineBuild(), GvisorConfig.standard());
            parts.push("close the engine", engine::close);
            var slots = new NamespaceSlotPool(installation, SlotSettings.defaults());
            parts.push("close the slots", slots::close);
            var images = Images.of(installation);
            var host = Host.open(
                    new HostParts(
                            installation, engine, slots, images.layers(), images.templates(), images.disks(), images.frozen(),
                            GuestLink::connect, new ContentHash(provision.agentLayer()), new LinkKeys(secret), bootId(), clock, StepObserver.NONE),
                    settings.standbys().in(HostConfig.defaults()));
            parts.push("close the host", host::close);

            var accounts = new Accounts(new SqlAccountStore(database), clock);
            var commandsKey = new CommandsKey(accounts, LIMITS, installation.data(), installation.name());
            commandsKey.ensure();
            accounts.afterRevocation(commandsKey::ensureIfPossible);
            var templates = new Templates(host, new TemplateUses(new SqlTemplateUseStore(database), clock));
            var control = SandboxControl.of(host, templates, new SqlSnapshotStore(database), clock);
            control.snapshots().repair(accounts.teams()).forEach(line -> LOG.info("repaired: {}", line));
            var idempotency = new Idempotency(new SqlIdempotencyStore(database), new Seal(secret, "idempotency"), clock);

            var envd = new EnvdService(host, tokens);
            parts.push("close envd", envd::close);
            var url = "http://" + settings.listen() + ":" + settings.port();
            var domain = settings.tls().hasDomain() ? settings.tls().authority(settings.port()) : "";
            var info = new ServerInfo(
                    ProcessHandle.current().pid(), Program.current().version(), url, domain,
                    engine.info().name() + " " + engine.info().build(), engine.info().isolation());
            Waker waker = sandbox -> control.paused().wake(accounts.team(sandbox.owner()), sandbox);
            var front = new Front(host, tokens, envd::handle, envd::admits, envd::findBySignature, waker, RestApi.create(new RestParts(
                    accounts, control, templates, idempotency, host, tokens, info, Secrets.adminToken(installation.data()), LIMITS)));
            host.addListener(new RunListener(envd, front));
            listen(front, host, info);
        }

        private void listen(Front front, Host host, ServerInfo info) {
            var inside = new CompletableFuture<JettyServer>();
            parts.push("turn away those who wait inside sandboxes", () -> inside.cancel(false));
            openInside(new InnerDoor(front, (stream, handler) -> inside.join().serve(stream, handler)), host);
            var jetty = jetty(front);
            parts.push("close the listener", jetty::close);
            inside.complete(jetty);
            parts.push("stop listening", () -> jetty.stop(STOP_PATIENCE));
            var url = "http://" + settings.listen() + ":" + jetty.address().getPort();
            Secrets.writeForGroup(installation.data().resolve(Access.URL_FILE), url, installation.name());
            record(url, true).write(installation);
            LOG.info("Caisson {} answers at {}; engine {}; {} sandboxes found again", info.version(), url, info.engine(), host.repairReport().adopted());
            host.repairReport().repaired().forEach(line -> LOG.info("repaired: {}", line));
        }

        /**
         * For sandboxes that run from now on, and those found again. To be called while nobody can make one yet: then
         * it is opened once for each. Connections that come early wait for the server.
         */
        private static void openInside(InnerDoor door, Host host) {
            host.addListener(new SandboxListener() {
                @Override
                public void running(SandboxInfo sandbox, GuestAgent agent) {
                    door.open(sandbox.id(), () -> agent);
                }

                @Override
                public void resumed(SandboxInfo sandbox, GuestAgent agent) {
                    door.open(sandbox.id(), () -> agent);
                }
            });
            host.list().stream()
                    .filter(sandbox -> sandbox.state() == SandboxInfo.State.RUNNING)
                    .forEach(sandbox -> door.open(sandbox.id(), () -> host.agent(sandbox.id())));
        }

        /** So that nobody takes the installation for unattended while sandboxes are being found again. */
        private void announce() {
            ServerRecord.find(installation).ifPresent(other -> {
                throw new AppException(
                        Category.CONFLICT,
                        "another server has this installation: process " + other.process().pid() + "; `caisson down` stops it");
            });
            record("http://" + settings.listen() + ":" + settings.port(), false).write(installation);
            parts.push("forget the server's record", () -> ServerRecord.remove(installation));
        }

        private ServerRecord record(String url, boolean ready) {
            var program = Program.current();
            var me = ProcessIdentity.of(ProcessHandle.current().pid()).orElseThrow();
            return new ServerRecord(
                    me, program.version(), program.folder().toString(), url, settings.tls(), settings.standbys(), ready,
                    Clock.systemUTC().instant());
        }

        private JettyServer jetty(Front front) {
            try {
                var address = new InetSocketAddress(settings.listen(), settings.port());
                var certificates = settings.certificates(installation.data());
                return certificates.isPresent() ? withTls(address, front, certificates.get()) : JettyServer.start(address, front);
            } catch (IOException e) {
                throw new AppException(
                        Category.CONFLICT,
                        "could not listen on " + settings.listen() + ":" + settings.port() + ": " + e.getMessage()
                                + "; `caisson up --port N` takes another port",
                        e);
            }
        }

        /** A certificate that clients will not accept does not keep it from starting: clear text works all the same. */
        private JettyServer withTls(InetSocketAddress address, Front front, Certificates certificates) throws IOException {
            if (settings.tls().makesOwn()) {
                certificates.prepare().ifPresent(made -> LOG.info("made {}", made));
            }
            var certificate = certificates.load();
            certificates.problem(certificate).ifPresent(problem -> LOG.error("clients will not accept the certificate in {}: {}", certificates.certificateFile(), problem));
            var jetty = JettyServer.startWithTls(address, front, certificate.keyStore());
            parts.push("stop watching the certificate", CertificateWatch.start(certificates, fresh -> jetty.use(fresh.keyStore()))::close);
            return jetty;
        }

        private void makeFolders() {
            try {
                for (var folder : new Path[] {installation.data(), installation.run()}) {
                    Files.createDirectories(folder);
                }
                Files.setPosixFilePermissions(
                        installation.run(), java.nio.file.attribute.PosixFilePermissions.fromString("rwx------"));
            } catch (IOException e) {
                throw new AppException(Category.INTERNAL, "could not make the installation's folders: " + e.getMessage(), e);
            }
        }

        private static String bootId() {
            try {
                return Files.readString(Path.of("/proc/sys/kernel/random/boot_id")).strip();
            } catch (IOException e) {
                throw new AppException(Category.INTERNAL, "could not read the machine's boot id: " + e.getMessage(), e);
            }
        }
    }
}
