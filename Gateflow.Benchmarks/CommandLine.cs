using System.Globalization;

namespace Gateflow.Benchmarks;

/// <summary>Options as <c>--name value</c> or <c>--name=value</c>.</summary>
internal sealed class CommandLine
{
    private readonly Dictionary<string, string> _values = new(StringComparer.Ordinal);

    /// <exception cref="UsageException">An unknown or repeated option, one without a value, or a stray argument.</exception>
    public static CommandLine Parse(IReadOnlyList<string> args, IReadOnlyList<string> known)
    {
        var line = new CommandLine();
        for (var i = 0; i < args.Count; i++)
        {
            var equals = args[i].IndexOf('=', StringComparison.Ordinal);
            var name = equals < 0 ? args[i] : args[i][..equals];
            if (!known.Contains(name))
            {
                throw new UsageException($"'{name}' is not an option; there are {string.Join(", ", known)}.");
            }

            if (equals < 0 && (i + 1 == args.Count || args[i + 1].StartsWith("--", StringComparison.Ordinal)))
            {
                throw new UsageException($"{name} needs a value.");
            }

            if (!line._values.TryAdd(name, equals < 0 ? args[++i] : args[i][(equals + 1)..]))
            {
                throw new UsageException($"{name} is given twice.");
            }
        }

        return line;
    }

    public string? Text(string name) => _values.GetValueOrDefault(name);

    public bool Has(string name) => _values.ContainsKey(name);

    /// <summary>Full path of a file that must be there.</summary>
    public string ExistingFile(string name)
    {
        var path = Text(name) ?? throw new UsageException($"{name} is required.");
        return File.Exists(path) ? Path.GetFullPath(path) : throw new UsageException($"{name}: there is no file '{path}'.");
    }

    public double Number(string name, double fallback, double least, double most)
    {
        if (Text(name) is not { } text)
        {
            return fallback;
        }

        return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && value >= least && value <= most
            ? value
            : throw new UsageException(string.Create(CultureInfo.InvariantCulture, $"{name} is '{text}'; it must be a number from {least} to {most}."));
    }

    public int Integer(string name, int fallback, int least, int most)
    {
        if (Text(name) is not { } text)
        {
            return fallback;
        }

        return int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) && value >= least && value <= most
            ? value
            : throw new UsageException(string.Create(CultureInfo.InvariantCulture, $"{name} is '{text}'; it must be a whole number from {least} to {most}."));
    }
}
