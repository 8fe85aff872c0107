using System.Globalization;
using Gateflow.Core.Deprecations;

namespace Gateflow.Dashboard.Deprecations;

/// <summary>Which models on their way out are looked at; it stands in the page's address.</summary>
/// <param name="Days">Only what ends within so many days, or has ended; null for all.</param>
/// <param name="Provider">The catalog's provider; null for any.</param>
/// <param name="Text">Part of a model's, feature's or key's name; null for any.</param>
public sealed record DeprecationFilter(int? Days = null, string? Provider = null, string? Text = null)
{
    /// <summary>From the address; what does not fit there filters nothing.</summary>
    public static DeprecationFilter Parse(string? within, string? provider, string? text) => new(
        within is "30" or "90" or "180" or "365" ? int.Parse(within, CultureInfo.InvariantCulture) : null,
        string.IsNullOrEmpty(provider) ? null : provider,
        string.IsNullOrWhiteSpace(text) ? null : text.Trim());

    public bool Takes(DeprecationEntry entry)
    {
        ArgumentNullException.ThrowIfNull(entry);
        return (Days is null || entry.DaysRemaining <= Days)
            && (Provider is null || Provider == entry.Provider)
            && (Text is null || entry.Features.Concat(entry.Keys).Append(entry.Model).Any(t => t.Contains(Text, StringComparison.OrdinalIgnoreCase)));
    }

    /// <summary>The address of the page with this filter.</summary>
    public string Href
    {
        get
        {
            List<string> parts = [];
            Add("within", Days?.ToString(CultureInfo.InvariantCulture));
            Add("provider", Provider);
            Add("q", Text);
            return parts.Count == 0 ? "/deprecations" : "/deprecations?" + string.Join('&', parts);

            void Add(string name, string? value)
            {
                if (value is not null)
                {
                    parts.Add($"{name}={Uri.EscapeDataString(value)}");
                }
            }
        }
    }
}
