namespace Gateflow.Gateway.Errors;

/// <summary>A refusal or failure that the gateway itself tells the caller, in OpenAI's shape.</summary>
/// <param name="Status">HTTP status, 400–599.</param>
/// <param name="Type">authentication_error, permission_error, invalid_request_error, provider_error …</param>
/// <param name="Code">What programs test for, e.g. "model_not_found".</param>
/// <param name="Message">For people: what was wrong, where, and what to do. Never a key or a prompt.</param>
/// <param name="Param">The field at fault, e.g. "model"; null when it is none.</param>
internal sealed record GatewayError(int Status, string Type, string Code, string Message, string? Param = null)
{
    public static readonly GatewayError MissingKey = new(
        401, "authentication_error", "missing_api_key", "No API key was sent. Send it as 'Authorization: Bearer gw_…'.");

    public static readonly GatewayError InvalidKey = new(
        401, "authentication_error", "invalid_api_key", "The API key is not known here. Keys of this gateway begin with 'gw_'.");

    public static readonly GatewayError RevokedKey = new(401, "authentication_error", "revoked_api_key", "The API key was revoked.");

    public static readonly GatewayError ExpiredKey = new(401, "authentication_error", "expired_api_key", "The API key has expired.");

    public static readonly GatewayError Internal = new(500, "api_error", "internal_error", "The gateway failed; its log has the reason under this request's id.");

    public static readonly GatewayError Encoded = new(
        415, "invalid_request_error", "unsupported_content_encoding", "The body is compressed, as its header Content-Encoding says; send it as it is, without that header.");

    public static readonly GatewayError Stopped = new(
        503, "api_error", "gateway_stopped", "The gateway was stopped before the answer's end. Send the request again.");

    public static GatewayError ModelNotAllowed(string model) => new(
        403, "permission_error", "model_not_allowed", $"The API key may not use the model '{model}'.", "model");

    public static GatewayError AddressNotAllowed(System.Net.IPAddress? address) => new(
        403, "permission_error", "ip_not_allowed",
        $"The API key may not be used from the address {address?.ToString() ?? "of this caller, which is not known"}. An administrator can add it to allowed_ips of the key; a proxy before the gateway must be named in Gateflow:TrustedProxies.");

    public static GatewayError TooLarge(long limit) => new(
        413, "invalid_request_error", "request_too_large", $"The body is larger than the limit of {limit} bytes (Gateflow:Limits:MaxBodyBytes).");

    public static GatewayError InvalidJson(string message) => new(400, "invalid_request_error", "invalid_json", message);

    public static GatewayError Missing(string param) => new(
        400, "invalid_request_error", "missing_required_parameter", $"The parameter '{param}' is missing.", param);

    public static GatewayError Invalid(string param, string expected) => new(
        400, "invalid_request_error", "invalid_parameter", $"The parameter '{param}' must be {expected}.", param);

    public static GatewayError ModelNotFound(string message) => new(404, "invalid_request_error", "model_not_found", message, "model");

    public static GatewayError Provider(int status, string message) => new(status, "provider_error", "provider_unavailable", message);
}
