package dev.caisson.app;

import dev.caisson.app.cli.CaissonCommand;

/** Where the program begins. */
public final class Main {
    private Main() {}

    public static void main(String[] arguments) {
        System.exit(CaissonCommand.execute(arguments));
    }
}
