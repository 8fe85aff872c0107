using System.Globalization;
using System.Text.Json;
using Gateflow.Simulator.Requests;

namespace Gateflow.Simulator.Anthropic;

/// <summary>Anthropic's messages: <c>messages.0.content: Field required</c>.</summary>
internal sealed class AnthropicWording : IWording
{
    public static readonly AnthropicWording Instance = new();

    public string Field(string outer, string name) => outer.Length == 0 ? name : $"{outer}.{name}";

    public string Item(string list, int index) => string.Create(CultureInfo.InvariantCulture, $"{list}.{index}");

    public string Missing(string outer, string name) => $"{Field(outer, name)}: Field required";

    public string Unknown(string outer, string name) => $"{Field(outer, name)}: Extra inputs are not permitted";

    public string WrongType(string path, string expected, JsonElement value) => $"{path}: Input should be a valid " + expected switch
    {
        "array" => "list",
        "object" => "dictionary",
        _ => expected,
    };

    public string OutOfRange(string path, double value, double min, double max) => value < min
        ? string.Create(CultureInfo.InvariantCulture, $"{path}: Input should be greater than or equal to {min}")
        : string.Create(CultureInfo.InvariantCulture, $"{path}: Input should be less than or equal to {max}");

    public string NotOneOf(string path, string value, IReadOnlyList<string> known) =>
        $"{path}: Input should be {Listed(known)}";

    public static string Tag(string path, string tag, IReadOnlyList<string> known) =>
        $"{path}: Input tag '{tag}' found using 'type' does not match any of the expected tags: {string.Join(", ", known.Select(one => $"'{one}'"))}";

    private static string Listed(IReadOnlyList<string> known) => known.Count == 1
        ? $"'{known[0]}'"
        : $"{string.Join(", ", known.SkipLast(1).Select(one => $"'{one}'"))} or '{known[^1]}'";
}
