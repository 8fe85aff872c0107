using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using Gateflow.Core.Access;

namespace Gateflow.Core.Usage;

/// <summary>
/// Where batches wait on disk while the database is away: one file a batch, numbered in the order of their coming, whole or not at all.
/// Bodies of samples are redacted as configured and encrypted.
/// </summary>
internal sealed class RecorderSpool
{
    private const int Digits = 12;

    private readonly string _folder;
    private readonly JsonSerializerOptions _format;
    private readonly Lock _lock = new();
    private readonly Queue<string> _waiting = [];
    private long _last;

    public RecorderSpool(string folder, ISecretProtector protector, SamplePolicy samples)
    {
        _folder = folder;
        _format = new JsonSerializerOptions(JsonSerializerDefaults.Web)
        {
            NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
            Converters = { new ProtectedBytes(protector, samples), new RollupTallies(), new WindowTallies() },
        };
    }

    /// <summary>The file that waits longest; null when none does. Those that somebody puts into the folder are found once no other waits.</summary>
    public string? Oldest()
    {
        lock (_lock)
        {
            List();
            return _waiting.TryPeek(out var file) ? file : null;
        }
    }

    /// <summary>The folders of nodes of other names in which batches wait.</summary>
    public IReadOnlyList<string> Others()
    {
        try
        {
            return Path.GetDirectoryName(_folder) is { } all && Directory.Exists(all)
                ? [.. Directory.EnumerateDirectories(all).Where(f => f != _folder && Directory.EnumerateFiles(f, "*.json").Any()).Select(f => Path.GetFileName(f))]
                : [];
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return []; // not this node's to mend
        }
    }

    /// <summary>Keeps a batch behind all others. The file's path.</summary>
    public string Append(UsageBatch batch)
    {
        lock (_lock)
        {
            var file = Write(batch, "");
            _waiting.Enqueue(file);
            return file;
        }
    }

    /// <summary>Keeps a batch that the database does not take under a name that is not read again. The file's path.</summary>
    public string SetAside(UsageBatch batch)
    {
        lock (_lock)
        {
            return Write(batch, ".refused");
        }
    }

    /// <summary>The batch of a file; null when it is damaged, which sets it aside under another name.</summary>
    public UsageBatch? TryRead(string file)
    {
        try
        {
            using var stream = File.OpenRead(file);
            return JsonSerializer.Deserialize<UsageBatch>(stream, _format);
        }
        catch (Exception fault) when (fault is JsonException or FormatException) // the second from sums that another version packed
        {
            File.Move(file, file + ".damaged", overwrite: true);
            return null;
        }
    }

    /// <summary>Reads the names in the folder, but only when none is known: after an outage of a day there are tens of thousands.</summary>
    private void List()
    {
        while (_waiting.TryPeek(out var gone) && !File.Exists(gone))
        {
            _waiting.Dequeue();
        }

        if (_waiting.Count > 0 || !Directory.Exists(_folder))
        {
            return;
        }

        foreach (var file in Directory.EnumerateFiles(_folder, "*.json").Order(StringComparer.Ordinal))
        {
            _waiting.Enqueue(file);
            _last = Math.Max(_last, NumberOf(Path.GetFileName(file)));
        }
    }

    private static long NumberOf(string name) =>
        name.Length > Digits && long.TryParse(name.AsSpan(0, Digits), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;

    private string Write(UsageBatch batch, string ending)
    {
        Directory.CreateDirectory(_folder);
        List();
        var path = Path.Combine(_folder, string.Create(CultureInfo.InvariantCulture, $"{++_last:D12}-{batch.Id:N}.json{ending}"));
        using (var stream = new FileStream(path + ".part", FileMode.Create, FileAccess.Write))
        {
            JsonSerializer.Serialize(stream, batch, _format);
            stream.Flush(flushToDisk: true);
        }

        File.Move(path + ".part", path, overwrite: true);
        return path;
    }

    private sealed class RollupTallies : JsonConverter<RollupTally>
    {
        public override RollupTally Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            JsonSerializer.Deserialize<Sum>(ref reader, options) is { } sum ? new RollupTally(sum.Figures, sum.Hours) : throw new JsonException("A sum is missing.");

        public override void Write(Utf8JsonWriter writer, RollupTally value, JsonSerializerOptions options)
        {
            var figures = new RollupFigures();
            value.AddTo(figures);
            JsonSerializer.Serialize(writer, new Sum(figures, value.Hours), options);
        }

        private sealed record Sum(RollupFigures Figures, IReadOnlyDictionary<int, long> Hours);
    }

    private sealed class WindowTallies : JsonConverter<WindowTally>
    {
        public override WindowTally Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            JsonSerializer.Deserialize<Sum>(ref reader, options) is { } sum ? new WindowTally(sum.Window, sum.KeyId) : throw new JsonException("A sum is missing.");

        public override void Write(Utf8JsonWriter writer, WindowTally value, JsonSerializerOptions options)
        {
            var window = WindowTally.Empty();
            value.AddTo(window);
            JsonSerializer.Serialize(writer, new Sum(window, value.KeyId), options);
        }

        private sealed record Sum(ArmWindow Window, string KeyId);
    }

    private sealed class ProtectedBytes(ISecretProtector protector, SamplePolicy samples) : JsonConverter<ReadOnlyMemory<byte>>
    {
        public override ReadOnlyMemory<byte> Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            var secret = reader.GetBytesFromBase64();
            try
            {
                return secret.Length == 0 ? default : protector.Unprotect(secret);
            }
            catch (CryptographicException)
            {
                return default; // the keys are gone: the sample is lost, the usage is not
            }
        }

        public override void Write(Utf8JsonWriter writer, ReadOnlyMemory<byte> value, JsonSerializerOptions options) =>
            writer.WriteBase64StringValue(value.IsEmpty || samples.Redaction.Apply(value) is not { } clean ? default : protector.Protect(clean.Span));
    }
}
