package dev.caisson.app.server;

import dev.caisson.app.client.Access;
import dev.caisson.base.CaissonException;
import dev.caisson.control.Accounts;
import dev.caisson.front.rest.TeamLimits;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The API key of the commands, in a file: made once, and again when it was revoked or its file removed. Safe for use by many threads. */
final class CommandsKey {
    private static final Logger LOG = LoggerFactory.getLogger(CommandsKey.class);

    private final Accounts accounts;
    private final TeamLimits limits;
    private final Path file;
    private final String group;

    /** @param group whose members may read it */
    CommandsKey(Accounts accounts, TeamLimits limits, Path data, String group) {
        this.accounts = accounts;
        this.limits = limits;
        this.file = data.resolve(Access.KEY_FILE);
        this.group = group;
    }

    synchronized void ensure() {
        var team = accounts.defaultTeam(limits.maxSandboxes(), limits.maxLength());
        if (!isGood()) {
            Secrets.writeForGroup(file, accounts.createKey(team, "first").key().text(), group);
        }
    }

    /** For whoever revoked a key: that has happened, whatever becomes of the commands. */
    void ensureIfPossible() {
        try {
            ensure();
        } catch (CaissonException e) {
            LOG.error("the commands have no API key now; `caisson up` makes one", e);
        }
    }

    private boolean isGood() {
        try {
            return accounts.caller(Files.readString(file).strip()).isPresent();
        } catch (IOException e) {
            return false;
        }
    }
}
