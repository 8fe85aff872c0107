using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Gateflow.Core.Compatibility;
using Gateflow.Gateway.Translation;

namespace Gateflow.Gateway.Shims;

/// <summary>Does the actions to a provider's JSON and notes each that changed something. Values of another form than expected are left to the provider to refuse.</summary>
internal sealed class ShimEditor(JsonObject json, Dialect dialect, ShimNotes notes)
{
    private const string Effort = "reasoning_effort";
    private const string MaxTokens = "max_tokens";

    public void Apply(IReadOnlyList<ShimAction> actions)
    {
        foreach (var action in actions)
        {
            Apply(action);
        }
    }

    private void Apply(ShimAction action)
    {
        var words = action.Words;
        switch (action.Kind)
        {
            case ShimKind.Drop:
            case ShimKind.DropUnlessNoEffort when Text(Effort) != "none":
                Drop(words);
                break;
            case ShimKind.DropBeside when Get(words[1]) is not null:
                Drop([words[0]]);
                break;
            case ShimKind.Rename:
                Rename(words[0], words[1]);
                break;
            case ShimKind.Clamp:
                Clamp(words[0], Limit(words[1], double.NegativeInfinity), Limit(words[2], double.PositiveInfinity));
                break;
            case ShimKind.Map:
                Replace(words[0], text => words.Skip(1).Select(static word => word.Split('=')).FirstOrDefault(pair => pair[0] == text)?[1]);
                break;
            case ShimKind.Nearest:
                Replace(words[0], text => Nearest(text, [.. words.Skip(1)]));
                break;
            case ShimKind.Set:
            case ShimKind.SetInChat when dialect == Dialect.Chat:
                SetTo(words[0], words[1]);
                break;
            case ShimKind.Role or ShimKind.Fold or ShimKind.SchemaToText or ShimKind.JsonToSchema when dialect == Dialect.Chat:
                ChatShims.Apply(action, json, notes);
                break;
            case ShimKind.DropNames or ShimKind.DropThoughts or ShimKind.OffAfterBareCalls when dialect == Dialect.Chat:
                ChatTurns.Apply(action.Kind, json, notes);
                break;
            case ShimKind.SystemTurns when dialect == Dialect.Messages:
                SystemTurns.Rename(json, words[0], notes);
                break;
            case ShimKind.BudgetToEffort or ShimKind.OffToLowEffort or ShimKind.EffortToBudget:
                ThinkingShims.Apply(action, json, dialect, notes);
                break;
        }
    }

    private void Drop(IReadOnlyList<string> names)
    {
        foreach (var name in names)
        {
            if (Find(name) is { } found && found.Holder.Remove(found.Name))
            {
                notes.Dropped(name);
            }
        }
    }

    private void Rename(string from, string to)
    {
        if (Find(from) is not { } found || Dialects.PathOf(dialect, to) is not { } path || path.Name == found.Name)
        {
            return;
        }

        var value = found.Holder[found.Name];
        found.Holder.Remove(found.Name);
        found.Holder[path.Name] ??= value; // what is said under the other name already stands
        notes.Renamed(from, to);
    }

    private void Clamp(string name, double least, double most)
    {
        if (Find(name) is { } found && found.Holder[found.Name] is JsonValue value && value.GetValueKind() == JsonValueKind.Number
            && Number(value) is var number && Math.Clamp(number, least, most) is var clamped && clamped != number)
        {
            found.Holder[found.Name] = clamped == Math.Floor(clamped) ? (JsonNode)(long)clamped : clamped;
            notes.Clamped(name, clamped.ToString("0.########", CultureInfo.InvariantCulture));
            if (name == MaxTokens && clamped < number)
            {
                ThinkingShims.KeepUnder(json, dialect, number, clamped, notes);
            }
        }
    }

    private void Replace(string name, Func<string, string?> other)
    {
        if (Text(name) is { } text && other(text) is { } value && value != text && Find(name) is { } found)
        {
            found.Holder[found.Name] = value;
            notes.Mapped(name, value);
        }
    }

    private void SetTo(string name, string value)
    {
        if (Text(name) == value || Dialects.PathOf(dialect, name) is not { } path)
        {
            return;
        }

        if (Find(name) is null)
        {
            notes.Defaulted(name, value);
        }
        else
        {
            notes.Mapped(name, value);
        }

        if (path.Parent is null)
        {
            json[path.Name] = value;
        }
        else if (json[path.Parent] is JsonObject parent)
        {
            parent[path.Name] = value;
        }
        else
        {
            json[path.Parent] = new JsonObject { [path.Name] = value };
        }
    }

    /// <summary>The effort that comes nearest, of two as near the greater one; null for a word that is no effort, and where none is known.</summary>
    internal static string? Nearest(string effort, IReadOnlyList<string> known)
    {
        var at = IndexOf(effort);
        return at < 0 ? null : known.OrderBy(word => Math.Abs(IndexOf(word) - at)).ThenByDescending(IndexOf).FirstOrDefault();
    }

    private static int IndexOf(string effort) => ShimAction.Efforts.ToList().IndexOf(effort);

    private static double Limit(string word, double none) => word == "-" ? none : double.Parse(word, CultureInfo.InvariantCulture);

    /// <summary>A number however it is held; NaN for none.</summary>
    internal static double Number(JsonValue value) =>
        double.TryParse(value.ToJsonString(), NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : double.NaN;

    private string? Text(string name) =>
        Get(name) is JsonValue value && value.GetValueKind() == JsonValueKind.String ? value.GetValue<string>() : null;

    private JsonNode? Get(string name) => Find(name) is { } found ? found.Holder[found.Name] : null;

    /// <summary>The object that holds a parameter which is given, not as null, and the name that it has there.</summary>
    private (JsonObject Holder, string Name)? Find(string name)
    {
        if (Dialects.PathOf(dialect, name) is not { } path)
        {
            return null;
        }

        var holder = path.Parent is null ? json : json[path.Parent] as JsonObject;
        return holder?[path.Name] is null ? null : (holder, path.Name);
    }
}
