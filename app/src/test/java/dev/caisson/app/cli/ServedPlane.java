package dev.caisson.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.caisson.app.client.Access;
import dev.caisson.base.SandboxTokens;
import dev.caisson.base.Seal;
import dev.caisson.control.Accounts;
import dev.caisson.control.Idempotency;
import dev.caisson.control.SandboxControl;
import dev.caisson.control.Team;
import dev.caisson.control.TemplateUses;
import dev.caisson.control.Templates;
import dev.caisson.control.store.SqlAccountStore;
import dev.caisson.control.store.SqlIdempotencyStore;
import dev.caisson.control.store.SqlSnapshotStore;
import dev.caisson.control.store.SqlTemplateUseStore;
import dev.caisson.control.store.SqliteDatabase;
import dev.caisson.front.jetty.JettyServer;
import dev.caisson.front.rest.RestApi;
import dev.caisson.front.rest.RestParts;
import dev.caisson.front.rest.ServerInfo;
import dev.caisson.front.rest.TeamLimits;
import dev.caisson.node.testing.FakeNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;

/** A real control plane over a node in memory, listening, with its address and keys where the commands look for them. */
final class ServedPlane implements AutoCloseable {
    final FakeNode node = new FakeNode(InstantSource.system());
    final Accounts accounts;
    final Team team;
    private final Path data;
    private final SqliteDatabase database;
    private final JettyServer server;

    ServedPlane(Path data) throws IOException {
        this.data = data;
        database = SqliteDatabase.open(data.resolve("control.db"));
        accounts = new Accounts(new SqlAccountStore(database), InstantSource.system());
        team = accounts.defaultTeam(3, Duration.ofHours(1));
        var templates = new Templates(node, new TemplateUses(new SqlTemplateUseStore(database), InstantSource.system()));
        var token = "0d".repeat(32);
        server = JettyServer.start(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), RestApi.create(new RestParts(
                accounts, SandboxControl.of(node, templates, new SqlSnapshotStore(database), InstantSource.system()), templates,
                new Idempotency(new SqlIdempotencyStore(database), new Seal(new byte[32], "test"), InstantSource.system()), node,
                new SandboxTokens(new byte[32]),
                new ServerInfo(1, "1", "http://127.0.0.1:1", "", "fake 1", "none"), token, new TeamLimits(3, Duration.ofHours(1)))));
        Files.writeString(data.resolve(Access.URL_FILE), "http://127.0.0.1:" + server.address().getPort());
        Files.writeString(data.resolve(Access.KEY_FILE), accounts.createKey(team, "first").key().text());
        Files.writeString(data.resolve(Access.ADMIN_TOKEN_FILE), token);
    }

    @Override
    public void close() {
        server.close();
        database.close();
    }

    /** What a command prints on both its outputs. */
    String caisson(int expected, String... words) {
        var printed = new ByteArrayOutputStream();
        var out = System.out;
        var err = System.err;
        var both = new PrintStream(printed, true, StandardCharsets.UTF_8);
        System.setOut(both);
        System.setErr(both);
        try {
            var line = new ArrayList<>(List.of(words));
            if (line.size() > 1) {
                line.add("--data=" + data);
            }
            assertThat(CaissonCommand.execute(line.toArray(String[]::new))).as(printed.toString(StandardCharsets.UTF_8)).isEqualTo(expected);
        } finally {
            System.setOut(out);
            System.setErr(err);
        }
        return printed.toString(StandardCharsets.UTF_8);
    }
}
