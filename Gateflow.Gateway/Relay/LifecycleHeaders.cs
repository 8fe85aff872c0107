using System.Globalization;
using System.Runtime.CompilerServices;
using Gateflow.Core.Catalog;
using Microsoft.AspNetCore.Http;

namespace Gateflow.Gateway.Relay;

/// <summary>
/// Tells callers of a dying model so: <c>Deprecation</c> (RFC 9745, "@" and Unix seconds), <c>Sunset</c> (RFC 8594, an HTTP date) and the
/// successor's <c>Link</c>, from the catalog's facts of the model asked for.
/// </summary>
internal static class LifecycleHeaders
{
    private static readonly ConditionalWeakTable<CatalogModel, Texts> Cache = [];

    public static void Write(IHeaderDictionary headers, CatalogModel? facts)
    {
        if (facts is null || (facts.DeprecatedOn is null && facts.RetiresOn is null))
        {
            return;
        }

        var texts = Cache.GetValue(facts, static f => new Texts(
            f.DeprecatedOn is { } since ? $"@{Midnight(since).ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture)}" : null,
            f.RetiresOn is { } until ? Midnight(until).ToString("R", CultureInfo.InvariantCulture) : null,
            f.Replacements is [var successor, ..] ? $"</v1/models/{Uri.EscapeDataString(successor)}>; rel=\"successor-version\"" : null));
        if (texts.Deprecation is not null)
        {
            headers["Deprecation"] = texts.Deprecation;
        }

        if (texts.Sunset is not null)
        {
            headers["Sunset"] = texts.Sunset;
        }

        if (texts.Link is not null)
        {
            headers.Link = texts.Link;
        }
    }

    private static DateTimeOffset Midnight(DateOnly day) => new(day.ToDateTime(TimeOnly.MinValue), TimeSpan.Zero);

    private sealed record Texts(string? Deprecation, string? Sunset, string? Link);
}
