package dev.caisson.envd;

import dev.caisson.guest.GuestAgent;
import java.util.ArrayDeque;

/** Spells paths as the guest resolves them, for error texts and comparisons ({@code contract/envd.md} §5.1). */
final class GuestPaths {
    private final GuestAgent agent;
    private final String user;
    private String home = "";

    GuestPaths(GuestAgent agent, String user) {
        this.agent = agent;
        this.user = user;
    }

    /** Asks the guest only where the path depends on it: for the user's home, once. */
    String resolve(String path) {
        if (path.startsWith("/")) {
            return path;
        }
        if (path.isEmpty()) {
            return agent.stat(user, "").path();
        }
        if (path.equals("~")) {
            return home();
        }
        return clean(home() + "/" + (path.startsWith("~/") ? path.substring(2) : path));
    }

    private String home() {
        if (home.isEmpty()) {
            home = agent.stat(user, "~").path();
        }
        return home;
    }

    private static String clean(String path) {
        var parts = new ArrayDeque<String>();
        for (var part : path.split("/", -1)) {
            switch (part) {
                case "", "." -> {}
                case ".." -> parts.pollLast();
                default -> parts.addLast(part);
            }
        }
        return "/" + String.join("/", parts);
    }
}
