package dev.caisson.app.setup;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The variables by which a host says how to reach the outside: proxies, certificates, mirrors. Programs that download get these. */
final class HostEnvironment {
    private static final List<String> NAMES = List.of(
            "HTTPS_PROXY", "HTTP_PROXY", "NO_PROXY", "ALL_PROXY", "https_proxy", "http_proxy", "no_proxy", "all_proxy",
            "SSL_CERT_FILE", "SSL_CERT_DIR", "CURL_CA_BUNDLE", "GOPROXY", "GOSUMDB", "GOFLAGS", "GONOSUMDB", "GOPRIVATE",
            "CAISSON_DEBIAN_MIRROR", "HOME", "TMPDIR");

    private HostEnvironment() {}

    static Map<String, String> forDownloads() {
        var environment = new TreeMap<String, String>();
        NAMES.forEach(name -> {
            var value = System.getenv(name);
            if (value != null) {
                environment.put(name, value);
            }
        });
        return environment;
    }

    /** Where the person who started this has programs that the system folders lack, such as a recent Go. */
    static Map<String, String> programs() {
        var path = System.getenv("PATH");
        return path == null ? Map.of() : Map.of("PATH", path);
    }
}
