using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Gateflow.Core.Catalog;
using Gateflow.Core.Rollout;

namespace Gateflow.Core.UsageImports;

/// <summary>Turns the texts of a row into usage, or says what is wrong with it: a <see cref="FormatException"/> whose message never repeats a value.</summary>
/// <param name="catalog">Resolves names of models to their ids.</param>
/// <param name="zone">Zone of times that name none.</param>
/// <param name="now">Times more than a day later are wrong.</param>
internal sealed class ImportRows(ModelCatalog catalog, TimeZoneInfo zone, DateTimeOffset now)
{
    private const string KeyPrefix = "import/";
    private const long MaxTokens = 1_000_000_000_000;

    private static readonly DateTimeOffset Earliest = new(2015, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly Dictionary<string, string> _models = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _keys = new(StringComparer.Ordinal);

    public ImportedRow Read(string?[] row)
    {
        var at = Time(row[(int)ImportField.At] ?? throw new FormatException("no time"), "time");
        var requests = Number(row, ImportField.Requests, "requests") ?? 1;
        var (read, written) = (Number(row, ImportField.CacheRead, "tokens read from the cache") ?? 0, Number(row, ImportField.CacheWritten, "tokens written to the cache") ?? 0);
        var beside = Number(row, ImportField.Input, "input tokens");
        var input = beside + read + written ?? Number(row, ImportField.Prompt, "input tokens") ?? 0; // Anthropic's input_tokens are those that no cache took, LiteLLM's prompt_tokens are all
        var cached = Number(row, ImportField.Cached, "cached tokens") ?? read;
        if (requests == 0)
        {
            throw new FormatException("0 requests");
        }

        var usage = new ImportedUsage
        {
            At = at,
            Requests = requests,
            InputTokens = input,
            CacheWrittenTokens = written,
            CachedTokens = cached <= input ? cached : throw new FormatException("more cached than input tokens"),
            OutputTokens = Number(row, ImportField.Output, "output tokens") ?? 0,
            ReasoningTokens = Number(row, ImportField.Reasoning, "reasoning tokens") ?? 0,
            Cost = Cost(row[(int)ImportField.Cost]),
            Outcome = Outcome(row[(int)ImportField.Status]),
            DurationMs = requests > 1 ? double.NaN : Duration(row, at),
            Capabilities = Used(row),
        };
        return new ImportedRow(
            Model(row[(int)ImportField.Model]), row[(int)ImportField.Feature] ?? "", Key(row[(int)ImportField.Key]), row[(int)ImportField.User] ?? "", usage);
    }

    private DateTimeOffset Time(string text, string what)
    {
        DateTimeOffset at;
        if (decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var unix))
        {
            var milliseconds = unix > 100_000_000_000 ? unix : unix * 1000;
            at = milliseconds < 100_000_000_000_000 ? DateTimeOffset.FromUnixTimeMilliseconds((long)milliseconds) : default;
        }
        else if (DateTime.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal, out var time))
        {
            at = time.Year is 1 or 9999 ? default // in UTC it may lie outside the calendar
                : time.Kind == DateTimeKind.Utc ? new DateTimeOffset(time) : new DateTimeOffset(time, zone.GetUtcOffset(time)).ToUniversalTime();
        }
        else
        {
            throw new FormatException($"{what} is neither ISO 8601 nor a Unix time");
        }

        return at >= Earliest && at <= now.AddDays(1) ? at : throw new FormatException($"{what} is before 2015 or in the future");
    }

    private string Model(string? text)
    {
        if (string.IsNullOrWhiteSpace(text) || text.Length > 200 || text.Any(char.IsControl))
        {
            throw new FormatException("no model, or a name of more than 200 characters or with control characters");
        }

        if (!_models.TryGetValue(text, out var id))
        {
            id = catalog.Find(text)?.Id ?? text;
            if (_models.Count < 10_000)
            {
                _models[text] = id;
            }
        }

        return id;
    }

    /// <summary>A name of its own, never that of a key here; what may be a secret or is too long becomes a hash.</summary>
    private string Key(string? text)
    {
        if (string.IsNullOrWhiteSpace(text))
        {
            return KeyPrefix + "unknown";
        }

        if (!_keys.TryGetValue(text, out var id))
        {
            var isPlain = text.Length <= 32 && !text.StartsWith("sk-", StringComparison.Ordinal) && !text.StartsWith("gw_", StringComparison.Ordinal);
            id = KeyPrefix + (isPlain ? text : Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..12]);
            if (_keys.Count < 10_000)
            {
                _keys[text] = id;
            }
        }

        return id;
    }

    private static long? Number(string?[] row, ImportField field, string what)
    {
        var text = row[(int)field];
        return string.IsNullOrEmpty(text) ? null
            : !decimal.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) || number != decimal.Truncate(number)
                ? throw new FormatException($"{what} is no whole number")
            : number < 0 ? throw new FormatException($"{what} is negative")
            : number > MaxTokens ? throw new FormatException($"{what} is above {MaxTokens}") : (long)number;
    }

    private static decimal? Cost(string? text) => string.IsNullOrEmpty(text) ? null
        : !decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var cost) ? throw new FormatException("cost is no number")
        : cost is < 0 or > 100_000_000 ? throw new FormatException("cost is negative or above 100 million") : Math.Round(cost, 9);

    /// <summary>Words of LiteLLM or an HTTP status; without either a success.</summary>
    private static OutcomeKind Outcome(string? text) => text switch
    {
        null or "" or "success" => OutcomeKind.Success,
        "failure" or "error" => OutcomeKind.SourceFailure,
        "rate_limited" or "429" => OutcomeKind.RateLimited,
        "cancelled" or "499" => OutcomeKind.ClientCancel,
        _ when int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var status) && status is >= 100 and < 600 =>
            status < 400 ? OutcomeKind.Success : status < 500 ? OutcomeKind.ClientFault : OutcomeKind.SourceFailure,
        _ => throw new FormatException("status is neither success, failure nor an HTTP status"),
    };

    private double Duration(string?[] row, DateTimeOffset at)
    {
        if (row[(int)ImportField.Duration] is { Length: > 0 } text)
        {
            return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var ms) && ms is >= 0 and <= 86_400_000
                ? ms
                : throw new FormatException("duration is no number of milliseconds up to a day");
        }

        var sums = row[(int)ImportField.Requests] is { Length: > 0 }; // even over one: its end is then that of a bucket
        return !sums && row[(int)ImportField.End] is { Length: > 0 } end && Time(end, "end time") - at is var took && took >= TimeSpan.Zero && took <= TimeSpan.FromDays(1)
            ? took.TotalMilliseconds
            : double.NaN;
    }

    private static Capabilities Used(string?[] row)
    {
        var used = row[(int)ImportField.Stream] is { } stream && (stream == "1" || stream.Equals("true", StringComparison.OrdinalIgnoreCase)) ? Capabilities.Streaming : Capabilities.None;
        foreach (var name in row[(int)ImportField.Capabilities]?.Split([' ', '|', ',', ';'], StringSplitOptions.RemoveEmptyEntries) ?? [])
        {
            used |= CapabilityNames.TryParse(name, out var flag) ? flag : throw new FormatException("an unknown capability");
        }

        return used;
    }
}
