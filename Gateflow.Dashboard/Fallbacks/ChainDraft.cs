using System.Text.Json.Nodes;
using Gateflow.Core;
using Gateflow.Core.Fallbacks;

namespace Gateflow.Dashboard.Fallbacks;

/// <summary>A chain while somebody edits it: everything may be wrong yet.</summary>
public sealed class ChainDraft
{
    private readonly List<DraftEntry> entries = [];

    public string? Name { get; set; }

    public string? Primary { get; set; }

    /// <summary>In the order in which they are asked.</summary>
    public IReadOnlyList<DraftEntry> Entries => entries;

    public bool AutoActivateOnDeprecation { get; set; }

    public HashSet<FallbackReason> Triggers { get; } = [.. FallbackReasons.Triggers];

    public bool Enabled { get; set; } = true;

    public static ChainDraft Of(ChainView chain)
    {
        ArgumentNullException.ThrowIfNull(chain);
        var draft = new ChainDraft
        {
            Name = chain.Name, Primary = chain.Primary, AutoActivateOnDeprecation = chain.AutoActivateOnDeprecation, Enabled = chain.Enabled,
        };
        draft.Triggers.IntersectWith(chain.Triggers);
        draft.entries.AddRange(chain.Fallbacks.Select(f => new DraftEntry(f.Model) { Note = f.Note }));
        return draft;
    }

    /// <summary>Puts a model at the end; nothing but blanks is left out.</summary>
    public void Add(string? model)
    {
        if (!string.IsNullOrWhiteSpace(model))
        {
            entries.Add(new DraftEntry(model.Trim()));
        }
    }

    public void Remove(DraftEntry entry) => entries.Remove(entry);

    /// <summary>Takes an entry to another place, counted from 0; false where there is no such place or it stands there.</summary>
    public bool Move(DraftEntry entry, int to)
    {
        var from = entries.IndexOf(entry);
        if (from < 0 || from == to || to < 0 || to >= entries.Count)
        {
            return false;
        }

        entries.RemoveAt(from);
        entries.Insert(to, entry);
        return true;
    }

    /// <summary>The body of POST and PATCH <c>/fallback-chains</c>, with every field; the place in the list is the priority.</summary>
    public JsonObject Request() => new()
    {
        ["name"] = string.IsNullOrWhiteSpace(Name) ? null : Name.Trim(),
        ["primary"] = Primary?.Trim() ?? "",
        ["fallbacks"] = new JsonArray([.. entries.Select((e, i) => Entry(e, i + 1))]),
        ["auto_activate_on_deprecation"] = AutoActivateOnDeprecation,
        ["triggers"] = new JsonArray([.. FallbackReasons.Triggers.Where(Triggers.Contains).Select(t => JsonValue.Create(Wire.Name(t)))]),
        ["enabled"] = Enabled,
    };

    private static JsonObject Entry(DraftEntry entry, int priority)
    {
        var json = new JsonObject { ["model"] = entry.Model, ["priority"] = priority };
        if (!string.IsNullOrWhiteSpace(entry.Note))
        {
            json["note"] = entry.Note.Trim();
        }

        return json;
    }
}

/// <summary>One fallback of a draft.</summary>
public sealed class DraftEntry(string model)
{
    public string Model { get; } = model;

    /// <summary>Why it stands here, for people.</summary>
    public string? Note { get; set; }
}
