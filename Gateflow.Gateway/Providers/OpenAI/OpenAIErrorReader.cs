using System.Text.Json;
using System.Text.RegularExpressions;
using Gateflow.Core.Rollout;
using Gateflow.Gateway.Errors;

namespace Gateflow.Gateway.Providers.OpenAI;

/// <summary>Reads <c>{"error": {message, type, code}}</c>, and the forms that compatible servers have made of it.</summary>
internal static partial class OpenAIErrorReader
{
    private const int MostFaults = 8;

    /// <summary>What an answer other than 2xx means.</summary>
    public static AttemptResult Classify(int status, ReadOnlySpan<byte> body) => status switch
    {
        429 => AttemptResult.RateLimited,
        403 when IsOfModel(body) => AttemptResult.ModelNotFound,
        401 or 402 or 403 => AttemptResult.Unauthorized,
        404 when IsOfAnother(body) => AttemptResult.BadRequest,
        404 or 410 => AttemptResult.ModelNotFound,
        408 => AttemptResult.Timeout,
        >= 400 and < 500 => IsPolicy(body) ? AttemptResult.PolicyRefusal : AttemptResult.BadRequest,
        _ => AttemptResult.ServerError,
    };

    public static GatewayError Read(int status, ReadOnlySpan<byte> body, string provider)
    {
        var root = AnswerElement.Parse(body);
        return root is null ? ProviderError.Of(status, provider, null)
            : root.Value.Find("error") is { } error ? Read(status, error, provider)
            : ProviderError.Of(status, provider, root.Value.Text("message") ?? Detail(root.Value));
    }

    /// <summary>An error within a stream that began with 200: the status is what it says of itself.</summary>
    public static GatewayError ReadLate(JsonElement error, string provider)
    {
        var said = error.Count("code") ?? error.Count("status");
        var limited = said == 429 || IsLimit(error.Text("type")) || IsLimit(error.Text("code"));
        return Read(limited ? 429 : said is >= 400 and < 600 ? said.Value : 502, error, provider);
    }

    /// <summary>True when what was not found is something that the request names beside its model: an answer, an item, a file.</summary>
    private static bool IsOfAnother(ReadOnlySpan<byte> body) =>
        AnswerElement.Parse(body)?.Find("error") is { ValueKind: JsonValueKind.Object } error
        && error.Text("param") is { Length: > 0 } param && param != "model"
        && error.Text("code") is not ("model_not_found" or "DeploymentNotFound");

    /// <summary>True when it is a reasoning item that is refused: one whose content cannot be read, or that is not found under its id, or is missing.</summary>
    public static bool IsOfThoughts(ReadOnlySpan<byte> body) =>
        body.IndexOf("encrypted_content"u8) >= 0 || body.IndexOf("encrypted content"u8) >= 0 || IdOfThoughts().IsMatch(Read(400, body, "").Message);

    /// <summary>True when a 403 is about the model and not the key: the key's project may not use it, or it was asked at an API that is not its own, for which OpenAI has no code.</summary>
    private static bool IsOfModel(ReadOnlySpan<byte> body) =>
        AnswerElement.Parse(body)?.Find("error") is { ValueKind: JsonValueKind.Object } error
        && (error.Text("code") == "model_not_found"
            || (error.Text("type") == "invalid_request_error" && error.Text("message") is { } message && message.EndsWith("from this model", StringComparison.Ordinal)));

    private static bool IsPolicy(ReadOnlySpan<byte> body) =>
        body.IndexOf("\"content_policy_violation\""u8) >= 0 || body.IndexOf("\"content_filter\""u8) >= 0;

    /// <summary>FastAPI's <c>detail</c>: a text, an object with one, or <c>[{loc[], msg}]</c>, one of each fault of the request.</summary>
    private static string? Detail(JsonElement root) => root.Find("detail") switch
    {
        { ValueKind: JsonValueKind.String } text => text.GetString(),
        { ValueKind: JsonValueKind.Object } detail => detail.Text("message") ?? detail.Text("msg") ?? detail.Text("error"),
        { ValueKind: JsonValueKind.Array } faults => string.Join("; ", faults.EnumerateArray().Take(MostFaults).Select(Fault).OfType<string>()),
        _ => null,
    };

    private static string? Fault(JsonElement fault)
    {
        var place = string.Join('.', fault.Items("loc").Select(static step => step.ToString()).Where(static step => step != "body"));
        return fault.Text("msg") is not { } message ? null : place.Length == 0 ? message : $"{place}: {message}";
    }

    private static bool IsLimit(string? word) => word is not null && word.StartsWith("rate_limit", StringComparison.Ordinal);

    private static GatewayError Read(int status, JsonElement error, string provider) => error.ValueKind == JsonValueKind.String
        ? ProviderError.Of(status, provider, error.GetString())
        : ProviderError.Of(status, provider, error.Text("message"), error.Text("type"), error.Text("code"));

    [GeneratedRegex(@"\brs_", RegexOptions.CultureInvariant)]
    private static partial Regex IdOfThoughts();
}
