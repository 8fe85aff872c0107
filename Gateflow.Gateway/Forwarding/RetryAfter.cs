using System.Globalization;

namespace Gateflow.Gateway.Forwarding;

/// <summary>The wait that a provider asks for.</summary>
internal static class RetryAfter
{
    /// <summary>From Retry-After-Ms, or Retry-After in seconds; a date, which no provider of models sends, counts as none.</summary>
    public static TimeSpan? Of(HttpResponseMessage response)
    {
        var headers = response.Headers.NonValidated;
        return Number(headers, "Retry-After-Ms") is { } ms ? TimeSpan.FromMilliseconds(ms)
            : Number(headers, "Retry-After") is { } seconds ? TimeSpan.FromSeconds(seconds)
            : null;
    }

    private static double? Number(System.Net.Http.Headers.HttpHeadersNonValidated headers, string name) =>
        headers.TryGetValues(name, out var values)
        && double.TryParse(values.ToString(), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
        && number is >= 0 and < 1e6 ? number : null;
}
