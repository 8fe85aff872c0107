using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Gateflow.Core.Migrations;
using Gateflow.Core.Storage;

namespace Gateflow.Dashboard.Wizard;

/// <summary>
/// Lists of a configuration as lines of text, one an entry: steps ("25 % 60 min gate", "0 % 60 min mirror 50 %"), windows ("Mon-Fri 09:00-17:00 Europe/Berlin") and blackouts
/// ("2026-12-24 00:00 - 2027-01-02 00:00", UTC).
/// </summary>
public static partial class PlanText
{
    private const string Moment = "yyyy-MM-dd HH:mm";

    /// <summary>The stored list as lines.</summary>
    public static string Of(string field, MigrationConfig config)
    {
        ArgumentNullException.ThrowIfNull(config);
        return string.Join('\n', field switch
        {
            "steps" => config.Steps.Select(s => string.Create(CultureInfo.InvariantCulture, $"{s.Weight:0.####} % {s.HoldMinutes:0.####} min{(s.Mirror is { } copied ? $" mirror {copied:0.####} %" : "")}{(s.Gate ? " gate" : "")}")),
            "windows" => config.Windows.Select(w => string.Create(CultureInfo.InvariantCulture, $"{Days(w.Days)} {w.From:HH:mm}-{w.To:HH:mm} {w.TimeZone}")),
            _ => config.Blackouts.Select(b => string.Create(CultureInfo.InvariantCulture, $"{b.From.UtcDateTime:yyyy-MM-dd HH:mm} - {b.To.UtcDateTime:yyyy-MM-dd HH:mm}")),
        });
    }

    /// <summary>The lines as the API takes them; null and what is wrong when a line cannot be read. Whether the entries are allowed, the API's rules say.</summary>
    public static (JsonArray? List, string? Fault) Read(string field, string? text)
    {
        var list = new JsonArray();
        foreach (var line in (text ?? "").Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            object? entry = field switch { "steps" => Step(line), "windows" => Window(line), _ => Blackout(line) };
            if (entry is null)
            {
                return (null, $"“{(line.Length > 60 ? line[..60] + "…" : line)}” is not understood. Write it like: {Example(field)}");
            }

            list.Add(JsonSerializer.SerializeToNode(entry, entry.GetType(), JsonColumn.Options));
        }

        return (list, null);
    }

    /// <summary>One line as it may be written.</summary>
    public static string Example(string field) => field switch
    {
        "steps" => "25 % 60 min gate",
        "windows" => "Mon-Fri 09:00-17:00 Europe/Berlin",
        _ => "2026-12-24 00:00 - 2027-01-02 00:00",
    };

    private static StepConfig? Step(string line) =>
        StepLine().Match(line) is { Success: true } m
            ? new StepConfig(Number(m, "weight"), Number(m, "minutes"), m.Groups["gate"].Success, m.Groups["mirror"].Success ? Number(m, "mirror") : null)
            : null;

    private static TimeWindow? Window(string line) =>
        WindowLine().Match(line) is { Success: true } m && Days(m.Groups["days"].Value) is { } days
        && TimeOnly.TryParse(m.Groups["from"].Value, CultureInfo.InvariantCulture, out var from) && TimeOnly.TryParse(m.Groups["to"].Value, CultureInfo.InvariantCulture, out var to)
            ? new TimeWindow(days, from, to, m.Groups["zone"].Value) : null;

    private static Blackout? Blackout(string line) =>
        BlackoutLine().Match(line) is { Success: true } m && At(m, "from") is { } from && At(m, "to") is { } to ? new Blackout(from, to) : null;

    private static double Number(Match match, string group) => double.Parse(match.Groups[group].Value.Replace(',', '.'), CultureInfo.InvariantCulture);

    private static DateTimeOffset? At(Match match, string group) =>
        DateTimeOffset.TryParseExact(match.Groups[group].Value, Moment, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at) ? at : null;

    private static string Days(IReadOnlyList<DayOfWeek> days) => days.Count == 0 ? "Daily" : string.Join(',', days.Select(d => d.ToString()[..3]));

    /// <summary>"Mon-Fri,Sun" as days; empty for every day, null when a word is no day.</summary>
    private static List<DayOfWeek>? Days(string text)
    {
        List<DayOfWeek> days = [];
        foreach (var part in text.Split([',', ' '], StringSplitOptions.RemoveEmptyEntries).Where(p => !p.Equals("daily", StringComparison.OrdinalIgnoreCase)))
        {
            var ends = part.Split('-', '–');
            if (ends.Length > 2 || Day(ends[0]) is not { } first || Day(ends[^1]) is not { } last)
            {
                return null;
            }

            for (var day = first; ; day = (DayOfWeek)(((int)day + 1) % 7))
            {
                days.Add(day);
                if (day == last)
                {
                    break;
                }
            }
        }

        return [.. days.Distinct()];
    }

    private static DayOfWeek? Day(string word)
    {
        foreach (var day in Enum.GetValues<DayOfWeek>())
        {
            if (word.Length >= 3 && day.ToString().StartsWith(word, StringComparison.OrdinalIgnoreCase))
            {
                return day;
            }
        }

        return null;
    }

    // After a comma at most two digits: "1,440" minutes are a day to some and a minute and a half to others.
    [GeneratedRegex(@"^(?<weight>\d{1,3}(\.\d{1,4}|,\d{1,2})?)\s*%?\s+(?<minutes>\d{1,5}(\.\d{1,4}|,\d{1,2})?)\s*(min)?(\s+mirror\s+(?<mirror>\d{1,3}(\.\d{1,4}|,\d{1,2})?)\s*%?)?(?<gate>\s+gate)?$", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture)]
    private static partial Regex StepLine();

    [GeneratedRegex(@"^(?<days>[\p{L},\- –]*?)\s*(?<from>\d{1,2}:\d{2})\s*[-–]\s*(?<to>\d{1,2}:\d{2})\s+(?<zone>\S{1,60})$", RegexOptions.ExplicitCapture)]
    private static partial Regex WindowLine();

    [GeneratedRegex(@"^(?<from>\d{4}-\d\d-\d\d \d\d:\d\d)\s*[-–]\s*(?<to>\d{4}-\d\d-\d\d \d\d:\d\d)( UTC)?$", RegexOptions.ExplicitCapture)]
    private static partial Regex BlackoutLine();
}
