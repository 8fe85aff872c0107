using System.Globalization;

namespace Gateflow.Core.Compatibility;

/// <summary>One change of a request for its target: what a rule's shim says to people, for the gateway to do.</summary>
/// <param name="Kind">What is done.</param>
/// <param name="Words">With what: parameters by the names that OpenAI gives them, then values; see <see cref="ShimKind"/>.</param>
public sealed record ShimAction(ShimKind Kind, IReadOnlyList<string> Words)
{
    /// <summary>The word of each kind in the rules' file, and how many words follow it at least and at most.</summary>
    private static readonly Dictionary<string, (ShimKind Kind, int Least, int Most)> Kinds = new(StringComparer.Ordinal)
    {
        ["translated"] = (ShimKind.Translated, 0, 0),
        ["other_api"] = (ShimKind.OtherApi, 0, 0),
        ["drop"] = (ShimKind.Drop, 1, 9),
        ["drop_beside"] = (ShimKind.DropBeside, 2, 2),
        ["drop_unless_no_effort"] = (ShimKind.DropUnlessNoEffort, 1, 9),
        ["rename"] = (ShimKind.Rename, 2, 2),
        ["clamp"] = (ShimKind.Clamp, 3, 3),
        ["map"] = (ShimKind.Map, 2, 9),
        ["nearest"] = (ShimKind.Nearest, 2, 9),
        ["set"] = (ShimKind.Set, 2, 2),
        ["set_in_chat"] = (ShimKind.SetInChat, 2, 2),
        ["role"] = (ShimKind.Role, 2, 2),
        ["drop_names"] = (ShimKind.DropNames, 0, 0),
        ["drop_thoughts"] = (ShimKind.DropThoughts, 0, 0),
        ["off_after_bare_calls"] = (ShimKind.OffAfterBareCalls, 0, 0),
        ["system_turns_as"] = (ShimKind.SystemTurns, 1, 1),
        ["fold"] = (ShimKind.Fold, 1, 1),
        ["functions_to_tools"] = (ShimKind.FunctionsToTools, 0, 0),
        ["schema_to_text"] = (ShimKind.SchemaToText, 0, 0),
        ["json_to_schema"] = (ShimKind.JsonToSchema, 0, 0),
        ["budget_to_effort"] = (ShimKind.BudgetToEffort, 0, 0),
        ["off_to_low_effort"] = (ShimKind.OffToLowEffort, 0, 0),
        ["effort_to_budget"] = (ShimKind.EffortToBudget, 0, 9),
    };

    /// <summary>The efforts of reasoning that any model knows, from the least to the most.</summary>
    public static IReadOnlyList<string> Efforts { get; } = ["none", "minimal", "low", "medium", "high", "xhigh", "max"];

    /// <summary>True when the gateway does it to the request that is about to be sent; false when translation or routing does.</summary>
    public bool Edits => Kind is not (ShimKind.Translated or ShimKind.OtherApi);

    /// <summary>True when it mends what another model left in the conversation: callers cannot know of that even where they name the model.</summary>
    public bool Mends => Kind is ShimKind.DropThoughts or ShimKind.OffAfterBareCalls;

    /// <summary>Reads "drop temperature; rename max_tokens max_completion_tokens".</summary>
    /// <exception cref="FormatException">A kind or a number of words that does not exist.</exception>
    internal static IReadOnlyList<ShimAction> Parse(string text) =>
        [.. text.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(ParseOne)];

    private static ShimAction ParseOne(string text)
    {
        var words = text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (!Kinds.TryGetValue(words[0], out var known))
        {
            throw new FormatException($"'{words[0]}' is not an action");
        }

        var action = new ShimAction(known.Kind, words[1..]);
        return action.Words.Count >= known.Least && action.Words.Count <= known.Most && action.HasGoodWords
            ? action
            : throw new FormatException($"'{text}' has not the words that {words[0]} takes");
    }

    private bool HasGoodWords => Kind switch
    {
        ShimKind.Clamp => Words.Skip(1).All(static word => word == "-" || double.TryParse(word, CultureInfo.InvariantCulture, out _)),
        ShimKind.Map => Words.Skip(1).All(static word => word.Split('=').Length == 2),
        ShimKind.Nearest => Words.Skip(1).All(Efforts.Contains),
        ShimKind.EffortToBudget => Words.All(Efforts.Contains),
        _ => true,
    };
}

/// <summary>What a shim does.</summary>
public enum ShimKind : byte
{
    /// <summary>Nothing here: whoever writes the target's protocol says it that way.</summary>
    Translated,

    /// <summary>Nothing here: the request goes to another API of the provider.</summary>
    OtherApi,

    /// <summary>Leaves parameters out.</summary>
    Drop,

    /// <summary>Leaves the first parameter out when the second one is given too.</summary>
    DropBeside,

    /// <summary>Leaves parameters out unless <c>reasoning_effort</c> is given as none.</summary>
    DropUnlessNoEffort,

    /// <summary>Gives the first parameter the name of the second.</summary>
    Rename,

    /// <summary>Brings a number between two limits; "-" is no limit.</summary>
    Clamp,

    /// <summary>Replaces values: "a=b".</summary>
    Map,

    /// <summary>Replaces an effort by the nearest of those that are named; of two as near the greater one.</summary>
    Nearest,

    /// <summary>Gives a parameter a value, whatever it had.</summary>
    Set,

    /// <summary>The same, on Chat Completions only.</summary>
    SetInChat,

    /// <summary>Gives messages of the first role the second one.</summary>
    Role,

    /// <summary>Leaves out the names of a chat's participants.</summary>
    DropNames,

    /// <summary>Leaves out <c>reasoning_content</c> of a chat's earlier answers.</summary>
    DropThoughts,

    /// <summary>Switches thinking off where an earlier answer of a chat calls tools without its thoughts.</summary>
    OffAfterBareCalls,

    /// <summary>Gives system messages between the turns of the Messages API another role.</summary>
    SystemTurns,

    /// <summary>Puts the text of messages of a role before the first message of the user.</summary>
    Fold,

    /// <summary>Sends functions as tools, and tells calls of tools as calls of functions.</summary>
    FunctionsToTools,

    /// <summary>Asks for JSON, with the schema as text.</summary>
    SchemaToText,

    /// <summary>Asks for JSON by a schema that allows any object.</summary>
    JsonToSchema,

    /// <summary>Turns a budget of thinking into adaptive thinking with an effort.</summary>
    BudgetToEffort,

    /// <summary>Turns thinking that is switched off into low effort.</summary>
    OffToLowEffort,

    /// <summary>Turns adaptive thinking into a budget; the effort becomes the nearest of those that are named, without any it is left out.</summary>
    EffortToBudget,
}
