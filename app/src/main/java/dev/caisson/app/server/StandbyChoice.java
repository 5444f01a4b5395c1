package dev.caisson.app.server;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import dev.caisson.base.Category;
import dev.caisson.host.HostConfig;
import dev.caisson.host.standby.StandbyConfig;

/**
 * How many sandboxes are kept ready before anybody wants them.
 *
 * @param text {@code auto}, as many as demand asks for and the machine bears; {@code off}; or a number, at most so many
 */
public record StandbyChoice(@JsonValue String text) {
    public static final StandbyChoice AUTO = new StandbyChoice("auto");
    public static final StandbyChoice OFF = new StandbyChoice("off");

    /** What a host takes altogether. */
    private static final int MOST = 1000;

    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    public StandbyChoice {
        if (!text.equals("auto") && !text.equals("off") && !isNumber(text)) {
            throw new AppException(Category.INVALID, "--standbys is auto, off or a number up to " + MOST + ", not '" + text + "'");
        }
    }

    private static boolean isNumber(String text) {
        return text.matches("[0-9]{1,4}") && Integer.parseInt(text) <= MOST;
    }

    /** The same, told to a host. */
    HostConfig in(HostConfig config) {
        return switch (text) {
            case "auto" -> config.withStandbysByDemand();
            case "off" -> config.with(StandbyConfig.off());
            default -> config.with(StandbyConfig.atMost(Integer.parseInt(text)));
        };
    }
}
