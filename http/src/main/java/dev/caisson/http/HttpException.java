package dev.caisson.http;

import dev.caisson.base.CaissonException;
import dev.caisson.base.Category;

/**
 * A request that this module or a handler refuses. Where the category's usual status is not the right one (405, 413, 415,
 * 507), the exception names it.
 */
public final class HttpException extends CaissonException {
    private final int status;
    private final String errorCode;

    private HttpException(Category category, int status, String message, String errorCode) {
        super(category, message, null);
        this.status = status;
        this.errorCode = errorCode;
    }

    public HttpException(Category category, String message) {
        this(category, HttpFailure.statusOf(category), message, "");
    }

    /** A request that breaks a rule: 400. */
    public static HttpException invalid(String message) {
        return new HttpException(Category.INVALID, message);
    }

    /** A body or parameter that breaks the schema; clients look for the prefix ({@code contract/rest-api.md} §2). */
    public static HttpException validation(String message) {
        return invalid("validation error: " + message);
    }

    /** A refusal with a status that no category has. */
    public static HttpException withStatus(int status, String message) {
        return new HttpException(status < 500 ? Category.INVALID : Category.INTERNAL, status, message, "");
    }

    /** The same with the {@code error_code} that some answers carry. */
    public HttpException withErrorCode(String code) {
        return new HttpException(category(), status, String.valueOf(getMessage()), code);
    }

    public int status() {
        return status;
    }

    @Override
    public String errorCode() {
        return errorCode;
    }
}
