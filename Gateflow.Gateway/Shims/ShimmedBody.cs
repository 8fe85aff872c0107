using System.Text.Json;
using System.Text.Json.Nodes;
using Gateflow.Core.Compatibility;
using Gateflow.Gateway.Routing;
using Gateflow.Gateway.Translation;

namespace Gateflow.Gateway.Shims;

/// <summary>A body that would pass through, changed for its model. Only here is such a body read whole and written anew.</summary>
internal static class ShimmedBody
{
    /// <summary>The body after the actions; the same segments when none of them had anything to do.</summary>
    /// <param name="segments">The body.</param>
    /// <param name="actions">The shims of its model.</param>
    /// <param name="candidate">Who is asked, in the body's own protocol.</param>
    /// <param name="withoutThoughts">Whether its provider could not read the thoughts of the conversation.</param>
    /// <param name="notes">Told what was changed.</param>
    /// <exception cref="NotCarriedException">The body holds half a surrogate pair.</exception>
    public static ReadOnlyMemory<byte>[] Of(
        ReadOnlyMemory<byte>[] segments, IReadOnlyList<ShimAction> actions, Candidate candidate, bool withoutThoughts, ShimNotes notes)
    {
        var (json, dialect) = (Read(Joined(segments)), candidate.Dialect);
        if (dialect == Dialect.Messages)
        {
            UnsignedThoughts.Remove(json, notes);
        }
        else if (dialect == Dialect.Responses)
        {
            ReasoningItems.Remove(json, withoutThoughts, notes);
        }

        new ShimEditor(json, dialect, notes).Apply(actions);
        if (dialect == Dialect.Messages)
        {
            UnsignedThoughts.StopThinking(json, notes);
        }

        ForeignCallIds.Replace(json, dialect, candidate.RefusedIds, notes);
        return notes.IsEmpty ? segments : [JsonSerializer.SerializeToUtf8Bytes(json, ProviderJson.Options)];
    }

    /// <summary>A body as nodes.</summary>
    /// <exception cref="NotCarriedException">It holds half a surrogate pair.</exception>
    public static JsonObject Read(ReadOnlySpan<byte> body) => (JsonObject)Copy(RequestField.Root(body).Value)!;

    private static byte[] Joined(ReadOnlyMemory<byte>[] segments)
    {
        var joined = new byte[segments.Sum(static segment => segment.Length)];
        var at = 0;
        foreach (var segment in segments)
        {
            segment.Span.CopyTo(joined.AsSpan(at));
            at += segment.Length;
        }

        return joined;
    }

    /// <summary>All of it as nodes, so that members that stand twice do no harm: the last one counts, as everywhere.</summary>
    private static JsonNode? Copy(JsonElement value)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                var members = new JsonObject();
                foreach (var member in value.EnumerateObject())
                {
                    members[member.Name] = Copy(member.Value);
                }

                return members;
            case JsonValueKind.Array:
                return new JsonArray([.. value.EnumerateArray().Select(Copy)]);
            default:
                return JsonValue.Create(value);
        }
    }
}
