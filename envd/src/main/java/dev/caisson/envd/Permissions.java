package dev.caisson.envd;

/** File modes as Go prints them, which is not quite as {@code ls} does ({@code contract/envd.md} §5.2). */
final class Permissions {
    private static final int TYPE_MASK = 0170000;
    private static final String RIGHTS = "rwxrwxrwx";

    private Permissions() {}

    /** {@code -rw-r--r--}, {@code drwxr-xr-x}, {@code Lrwxrwxrwx}, {@code dtrwxrwxrwx}. */
    static String text(int rawMode) {
        var text = new StringBuilder(type(rawMode & TYPE_MASK));
        append(text, rawMode, 04000, 'u');
        append(text, rawMode, 02000, 'g');
        append(text, rawMode, 01000, 't');
        if (text.isEmpty()) {
            text.append('-');
        }
        for (var i = 0; i < RIGHTS.length(); i++) {
            text.append((rawMode & (0400 >> i)) != 0 ? RIGHTS.charAt(i) : '-');
        }
        return text.toString();
    }

    private static String type(int type) {
        return switch (type) {
            case 0040000 -> "d";
            case 0120000 -> "L";
            case 0060000 -> "D";
            case 0020000 -> "Dc";
            case 0010000 -> "p";
            case 0140000 -> "S";
            default -> "";
        };
    }

    private static void append(StringBuilder text, int mode, int bit, char letter) {
        if ((mode & bit) != 0) {
            text.append(letter);
        }
    }
}
