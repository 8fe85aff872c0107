using System.Collections.Concurrent;
using System.Globalization;
using Microsoft.AspNetCore.Components;

namespace Gateflow.Dashboard.Parts;

/// <summary>
/// The icons of the dashboard: stroked paths in a box of 20 × 20, drawn in the colour of the text beside them. An icon is a text, not a
/// component: a live page draws dozens of them for each of its viewers.
/// </summary>
public static class Icons
{
    private static readonly ConcurrentDictionary<(string Name, int Size), MarkupString> Made = new();
    private static readonly Dictionary<string, string> Paths = new(StringComparer.Ordinal)
    {
        ["alert"] = "M10 3.500 17.500 16.500h-15zM10 8.500v3.500M10 14.300v.2",
        ["arrow-down"] = "M10 4v12M5.500 11.500 10 16l4.500-4.500",
        ["arrow-right"] = "M4 10h12M11.500 5.500 16 10l-4.500 4.500",
        ["arrow-up"] = "M10 16V4M5.500 8.500 10 4l4.500 4.500",
        ["ban"] = "M10 3a7 7 0 1 0 0 14a7 7 0 0 0 0-14M5.200 5.200l9.600 9.600",
        ["calendar"] = "M3.500 5h13v11.500h-13zM3.500 8.500h13M7 3v3.500M13 3v3.500",
        ["chart"] = "M3.500 3.500v13h13M6.500 12.500 9.500 9l2.500 2.500 4-5",
        ["check"] = "M4 10.500 8.200 14.700 16 6",
        ["chevron-down"] = "M5.500 8 10 12.500 14.500 8",
        ["chevron-right"] = "M8 5.500 12.500 10 8 14.500",
        ["clock"] = "M10 3a7 7 0 1 0 0 14a7 7 0 0 0 0-14M10 6v4.200l2.800 1.800",
        ["copy"] = "M7.500 7.500h8v9h-8zM12.500 7.500v-4h-8v9h3",
        ["cross"] = "M5.500 5.500l9 9M14.500 5.500l-9 9",
        ["dash"] = "M5 10h10",
        ["dot"] = "M10 7.500a2.500 2.500 0 1 0 0 5a2.500 2.500 0 0 0 0-5",
        ["dots"] = "M4.500 10h.2M9.900 10h.2M15.300 10h.2",
        ["fallback"] = "M3 6h13.500M14 3.500 16.500 6 14 8.500M6.500 6v8h10M14 11.500l2.500 2.500-2.500 2.500",
        ["flag"] = "M5 17V3.500M5 4h9.500l-2 3.500 2 3.500H5",
        ["flask"] = "M8 3h4M8.800 3v5L4.500 16h11L11.200 8V3M6.500 12.500h7",
        ["gear"] = "M10 7.500a2.500 2.500 0 1 0 0 5a2.500 2.500 0 0 0 0-5M10 3v2M10 15v2M3 10h2M15 10h2M5 5l1.500 1.500M13.500 13.500 15 15M15 5l-1.500 1.500M6.500 13.500 5 15",
        ["grip"] = "M7.500 5v.2M12.500 5v.2M7.500 10v.2M12.500 10v.2M7.500 15v.2M12.500 15v.2",
        ["half"] = "M10 3a7 7 0 1 0 0 14a7 7 0 0 0 0-14M10 3v14M10 6.500l4.500-1M10 10h6.800M10 13.500l4.500 1",
        ["info"] = "M10 3a7 7 0 1 0 0 14a7 7 0 0 0 0-14M10 9v4.500M10 6.300v.2",
        ["key"] = "M7 8.500a3.500 3.500 0 1 0 0 7a3.500 3.500 0 0 0 0-7M9.500 9.500 16 3.500M13 6.300l2.500 2.500",
        ["layers"] = "M10 3.500 17 7l-7 3.500L3 7zM3 10l7 3.500 7-3.500M3 13l7 3.500 7-3.500",
        ["list"] = "M4 5.500h.2M4 10h.2M4 14.500h.2M7.500 5.500h9M7.500 10h9M7.500 14.500h9",
        ["menu"] = "M3.500 5.500h13M3.500 10h13M3.500 14.500h13",
        ["migration"] = "M3 6h4c4 0 4.500 8 8.500 8h1.500M14.500 11.500 17 14l-2.500 2.500M3 14h3M13 6h4",
        ["moon"] = "M16 12A6.500 6.500 0 0 1 8 4a6.500 6.500 0 1 0 8 8z",
        ["overview"] = "M3.500 3.500h5.500v6h-5.500zM11.500 3.500h5v3.500h-5zM11.500 10h5v6.500h-5zM3.500 12.500h5.500v4h-5.500z",
        ["pause"] = "M7 4.500v11M13 4.500v11",
        ["pencil"] = "M4 16l.8-3.500L13 4.300l2.700 2.700-8.200 8.200z",
        ["play"] = "M6.500 4.500 15.500 10l-9 5.500z",
        ["plus"] = "M10 4v12M4 10h12",
        ["refresh"] = "M16 10a6 6 0 1 1-1.800-4.300M16 3.500v3h-3",
        ["rollback"] = "M7.500 4.500 3.500 8.500l4 4M3.500 8.500h8a5 5 0 0 1 0 8.500H8",
        ["run"] = "M10 3a7 7 0 1 0 0 14a7 7 0 0 0 0-14M8.300 7v6l5-3z",
        ["search"] = "M9 3.500a5.500 5.500 0 1 0 0 11a5.500 5.500 0 0 0 0-11M13 13l4 4",
        ["server"] = "M3.500 4h13v5h-13zM3.500 11h13v5h-13zM6.500 6.500h.2M6.500 13.500h.2",
        ["sidebar"] = "M3.500 4.500h13v11h-13zM8 4.500v11",
        ["sign-out"] = "M8 4H4v12h4M8.500 10h8M13.500 7l3 3-3 3",
        ["stack"] = "M10 3.500 17 7 10 10.500 3 7zM3 10.500 10 14l7-3.500M3 14l7 3.500 7-3.500",
        ["step"] = "M4.500 5 11 10l-6.500 5zM14.500 5v10",
        ["sun"] = "M10 6.500a3.500 3.500 0 1 0 0 7a3.500 3.500 0 0 0 0-7M10 2.500v1.500M10 16v1.500M2.500 10H4M16 10h1.500M4.700 4.700l1 1M14.300 14.300l1 1M15.300 4.700l-1 1M5.700 14.300l-1 1",
        ["user"] = "M10 3.500a3 3 0 1 0 0 6a3 3 0 0 0 0-6M4 16.500c.5-3 2.700-4.500 6-4.500s5.500 1.500 6 4.500",
        ["webhook"] = "M7 9.500 10 4.500M10 3a2 2 0 0 1 2 2.500M7 9.500a3 3 0 1 0 1.500 5H14M11.500 6.500l2.500 4.500a3 3 0 1 1-1.500 4.500",
    };

    public static IReadOnlyCollection<string> Names => Paths.Keys;

    /// <summary>An icon of some pixels. Icons are never the only carrier of a meaning, so they are hidden from readers.</summary>
    public static MarkupString Svg(string name, int size = 18) => Made.GetOrAdd((name, size), static key => new MarkupString(string.Create(
        CultureInfo.InvariantCulture,
        $"""<svg class="icon" width="{key.Size}" height="{key.Size}" viewBox="0 0 20 20" fill="none" stroke="currentColor" stroke-width="{(key.Name == "dots" ? 2.6 : 1.7)}" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true"><path d="{Path(key.Name)}" /></svg>""")));

    /// <summary>The path of an icon; a mistyped name fails loudly, in the gallery and in the tests.</summary>
    public static string Path(string name) =>
        Paths.TryGetValue(name, out var path) ? path : throw new ArgumentException($"There is no icon '{name}'.", nameof(name));
}
