package dev.caisson.app.client;

import dev.caisson.base.Category;
import java.net.URI;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Where the server is, and what opens it for the operator.
 *
 * @param team whose resources are meant; empty for all teams' together
 */
public record OperatorAccess(URI url, String token, Optional<String> team) {
    private static final String VARIABLE = "CAISSON_ADMIN_TOKEN";

    /**
     * The installation's own token; where {@code E2B_API_URL} names any other address than the installation's, the one in
     * {@code CAISSON_ADMIN_TOKEN}, so that no other server gets to see this one's.
     *
     * @throws ClientException {@code NOT_FOUND} or {@code DENIED} as {@link Access#find}
     */
    public static OperatorAccess find(Map<String, String> environment, Path data) {
        var given = Optional.ofNullable(environment.get(VARIABLE));
        var url = Access.url(environment, data);
        if (given.isEmpty() && Access.namesAnother(environment, data)) {
            throw new ClientException(
                    Category.UNAUTHENTICATED,
                    "E2B_API_URL is set to " + url + ": put the operator's token of that server into " + VARIABLE + ", or unset E2B_API_URL");
        }
        return new OperatorAccess(url, given.orElseGet(() -> token(data)), Optional.empty());
    }

    private static String token(Path data) {
        try {
            return Access.read(data.resolve(Access.ADMIN_TOKEN_FILE));
        } catch (ClientException e) {
            if (e.category() == Category.DENIED) {
                throw new ClientException(Category.DENIED, "only the operator may do this; use sudo", e);
            }
            throw e;
        }
    }

    public OperatorAccess forTeam(String id) {
        return new OperatorAccess(url, token, Optional.of(id));
    }

    Map<String, String> credentials() {
        var headers = new HashMap<String, String>();
        headers.put("X-Admin-Token", token);
        team.ifPresent(id -> headers.put("X-Team-ID", id));
        return headers;
    }
}
