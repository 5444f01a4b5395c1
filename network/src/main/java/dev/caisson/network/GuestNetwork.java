package dev.caisson.network;

/** What every guest believes about its network, the same on every machine so that a snapshot resumes anywhere. */
public final class GuestNetwork {
    /** The guest's own address. */
    public static final String ADDRESS = "169.254.0.21";

    /** Length of the network part of {@link #ADDRESS}. */
    public static final int PREFIX_LENGTH = 30;

    /** Default route and name server; the server's own connections come from here too. */
    public static final String GATEWAY = "169.254.0.22";

    /** Hardware address of the guest's {@code eth0}. */
    public static final String MAC = "02:fc:00:00:00:05";

    /** Hardware address of the gateway. */
    public static final String GATEWAY_MAC = "02:fc:00:00:00:06";

    private GuestNetwork() {}
}
