using System.Globalization;
using Gateflow.Core.Limits;

namespace Gateflow.Dashboard.Composition;

/// <summary>Single values of the configuration; what cannot be read is a fault with its key, and counts as not set.</summary>
public sealed partial class SettingsReader
{
    /// <summary>An http or https address; null when it is not set.</summary>
    private Uri? Address(string key)
    {
        if (string.IsNullOrWhiteSpace(configuration[key]))
        {
            return null;
        }

        if (Uri.TryCreate(configuration[key], UriKind.Absolute, out var url) && url.Scheme is "http" or "https")
        {
            return url;
        }

        _faults.Add($"{key} is '{configuration[key]}'; it must be an absolute http or https address, e.g. https://gateflow.example.com.");
        return null;
    }

    private static string? Text(string? value) => string.IsNullOrWhiteSpace(value) ? null : value.Trim();

    private TimeSpan? Seconds(string path, double least, double most) =>
        string.IsNullOrEmpty(configuration[path]) ? null : TimeSpan.FromSeconds(Number(path, least, least, most));

    private int? Count(string path, int most) => string.IsNullOrEmpty(configuration[path]) ? null : (int)Number(path, 1, 1, most);

    private string? Secret(string path, string? value)
    {
        if (value is not ['$', '{', .. var name, '}'])
        {
            return string.IsNullOrEmpty(value) ? null : value;
        }

        if (Environment.GetEnvironmentVariable(name) is { Length: > 0 } secret)
        {
            return secret;
        }

        _faults.Add($"{path} takes its value from the environment variable {name}, which is not set.");
        return null;
    }

    private AddressRanges Addresses(string path)
    {
        var texts = configuration.GetSection(path).Get<string[]>() ?? configuration[path]?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) ?? [];
        _faults.AddRange(texts.Where(t => !AddressRanges.IsValid(t)).Select(t => $"{path} names '{t}', which is no address or network; write e.g. 10.0.0.5 or 10.0.0.0/8."));
        return AddressRanges.Of(texts);
    }

    private T Enumeration<T>(string path, T fallback)
        where T : struct, Enum
    {
        var text = configuration[path];
        if (string.IsNullOrEmpty(text))
        {
            return fallback;
        }

        if (!IsName<T>(text, out var value))
        {
            _faults.Add($"{path} is '{text}'; it must be one of {string.Join(", ", Enum.GetNames<T>())}.");
        }

        return value;
    }

    /// <summary>Numbers and lists with commas, which the framework takes too, would be another value.</summary>
    private static bool IsName<T>(string? text, out T value)
        where T : struct, Enum => Enum.TryParse(text, ignoreCase: true, out value) && Enum.GetNames<T>().Contains(text?.Trim(), StringComparer.OrdinalIgnoreCase);

    private bool Boolean(string path, bool fallback)
    {
        var text = configuration[path];
        if (string.IsNullOrEmpty(text))
        {
            return fallback;
        }

        if (!bool.TryParse(text, out var value))
        {
            _faults.Add($"{path} is '{text}'; it must be true or false.");
        }

        return value;
    }

    private double Number(string path, double fallback, double least, double most)
    {
        var text = configuration[path];
        if (string.IsNullOrEmpty(text))
        {
            return fallback;
        }

        if (!double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) || value < least || value > most)
        {
            _faults.Add(string.Create(CultureInfo.InvariantCulture, $"{path} is '{text}'; it must be a number from {least} to {most}."));
            return fallback;
        }

        return value;
    }
}
