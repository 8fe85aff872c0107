using System.Runtime.CompilerServices;
using System.Text.Json;

namespace Gateflow.Core.Catalog.Imports;

/// <summary>
/// Reads the members of one large JSON object one after the other: of a file of any size at most one member is in memory. Names may repeat; that is the
/// reader's to judge.
/// </summary>
public static class JsonMembers
{
    /// <summary>Largest file, bytes. LiteLLM's has 1.5 MB, models.dev's 2 MB.</summary>
    public const long LargestFile = 64L * 1024 * 1024;

    /// <summary>Largest member: the largest provider of models.dev has 300 kB.</summary>
    public const int LargestMember = 4 * 1024 * 1024;

    private const int MaxDepth = 16;

    private static readonly JsonReaderOptions Options = new() { MaxDepth = MaxDepth, CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };

    /// <exception cref="CatalogFileException">It is no JSON object, broken, or larger than what is read.</exception>
    public static async IAsyncEnumerable<(string Name, JsonElement Value)> ReadAsync(Stream stream, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var buffer = new byte[64 * 1024];
        var (start, end, read, final) = (0, 0, 0L, false);
        var state = new JsonReaderState(Options);
        var step = Step.NeedsMore;
        while (step != Step.End)
        {
            if (step == Step.NeedsMore && !final)
            {
                (buffer, start, end) = WithRoom(buffer, start, end);
                var count = await stream.ReadAsync(buffer.AsMemory(end), cancellationToken);
                final = count == 0;
                end += count;
                if ((read += count) > LargestFile)
                {
                    throw new CatalogFileException($"The file is larger than {LargestFile / 1024 / 1024} MiB; a price file has about 2 MB. Is it the right one?");
                }

                if (read == 0)
                {
                    throw new CatalogFileException("The file is empty.");
                }

                start += read == count ? Mark(buffer.AsSpan(0, end)) : 0;
            }

            (step, var used, var member) = Next(buffer.AsSpan(start, end - start), final, ref state);
            start += used;
            if (member is { } found)
            {
                yield return found;
            }
        }
    }

    private static (Step Step, int Used, (string Name, JsonElement Value)? Member) Next(ReadOnlySpan<byte> json, bool final, ref JsonReaderState state)
    {
        try
        {
            var reader = new Utf8JsonReader(json, final, state);
            if (!reader.Read())
            {
                return (Step.NeedsMore, 0, null);
            }

            switch (reader.TokenType)
            {
                case JsonTokenType.StartObject when reader.CurrentDepth == 0:
                    state = reader.CurrentState;
                    return (Step.Member, (int)reader.BytesConsumed, null);
                case JsonTokenType.EndObject:
                    return reader.Read() ? throw new CatalogFileException("Something follows the end of the JSON object.") : (Step.End, (int)reader.BytesConsumed, null);
                case JsonTokenType.PropertyName:
                    var name = reader.GetString()!;
                    var before = (int)reader.BytesConsumed;
                    if (!reader.Read() || !reader.TrySkip())
                    {
                        return (Step.NeedsMore, 0, null);
                    }

                    state = reader.CurrentState;
                    var (from, to) = (ValueStart(json, before), (int)reader.BytesConsumed);
                    using (var document = JsonDocument.Parse(json[from..to].ToArray(), new JsonDocumentOptions { MaxDepth = MaxDepth, CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true }))
                    {
                        return (Step.Member, to, (name, document.RootElement.Clone()));
                    }

                default:
                    throw new CatalogFileException("The file is no JSON object of models.");
            }
        }
        catch (JsonException fault)
        {
            throw new CatalogFileException(json.IndexOf((byte)0) >= 0
                ? "The file is not UTF-8 (UTF-16, or no text at all); save it as UTF-8."
                : $"The file is not valid JSON: line {fault.LineNumber + 1}, byte {fault.BytePositionInLine + 1}.");
        }
    }

    /// <summary>Where the value begins behind its name: after the colon and white space.</summary>
    private static int ValueStart(ReadOnlySpan<byte> json, int at)
    {
        while (json[at] is (byte)':' or (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n')
        {
            at++;
        }

        return at;
    }

    private static int Mark(ReadOnlySpan<byte> json) => json.StartsWith("\uFEFF"u8) ? 3 : 0;

    private static (byte[] Buffer, int Start, int End) WithRoom(byte[] buffer, int start, int end)
    {
        var length = end - start;
        if (length > LargestMember)
        {
            throw new CatalogFileException($"One entry is larger than {LargestMember / 1024 / 1024} MiB; this is no price file.");
        }

        var target = length > buffer.Length / 2 ? new byte[buffer.Length * 2] : buffer;
        buffer.AsSpan(start, length).CopyTo(target);
        return (target, 0, length);
    }

    private enum Step
    {
        NeedsMore,
        Member,
        End,
    }
}
