namespace Gateflow.Gateway.Envelopes;

/// <summary>A request's body as the segments that a provider gets: pieces of the caller's own bytes and what replaces the rest.</summary>
internal static class BodySplice
{
    /// <summary>Applies the edits that hold for this call; the segments refer to <paramref name="body"/>, nothing is copied.</summary>
    /// <param name="body">The caller's body.</param>
    /// <param name="edits">What the envelope reader found; edits never overlap.</param>
    /// <param name="model">The model as a JSON string, quotes included.</param>
    /// <param name="withUsage">Whether to ask for the usage chunk of a stream.</param>
    public static ReadOnlyMemory<byte>[] Apply(ReadOnlyMemory<byte> body, List<BodyEdit> edits, ReadOnlyMemory<byte> model, bool withUsage)
    {
        Sort(edits);
        var segments = new ReadOnlyMemory<byte>[(2 * edits.Count) + 1];
        var (count, at) = (0, 0);
        foreach (var edit in edits)
        {
            if (edit.Kind == EditKind.Usage && !withUsage)
            {
                continue;
            }

            var text = edit.Kind == EditKind.Model ? model : edit.Text;
            Add(body[at..edit.Start]);
            Add(text);
            at = edit.End;
        }

        Add(body[at..]);
        return segments[..count];

        void Add(ReadOnlyMemory<byte> segment)
        {
            if (!segment.IsEmpty)
            {
                segments[count++] = segment;
            }
        }
    }

    /// <summary>By start; stable, and nearly always sorted already.</summary>
    private static void Sort(List<BodyEdit> edits)
    {
        for (var i = 1; i < edits.Count; i++)
        {
            for (var j = i; j > 0 && (edits[j].Start, edits[j].Length).CompareTo((edits[j - 1].Start, edits[j - 1].Length)) < 0; j--)
            {
                (edits[j - 1], edits[j]) = (edits[j], edits[j - 1]);
            }
        }
    }
}
