using System.Globalization;
using System.Text.Json;
using Gateflow.Simulator.Requests;

namespace Gateflow.Simulator.Gemini;

/// <summary>Google's messages; paths have the names of the message types (<c>generation_config.top_k</c>), fields may be sent under either spelling.</summary>
internal sealed class GeminiWording : IWording
{
    public static readonly GeminiWording Instance = new();

    public string? OtherName(string name) => Snake(name) is var snake && snake != name ? snake : null;

    public string Field(string outer, string name) => outer.Length == 0 ? Snake(name) : $"{outer}.{Snake(name)}";

    public string Item(string list, int index) => string.Create(CultureInfo.InvariantCulture, $"{list}[{index}]");

    public string Missing(string outer, string name) =>
        $"* GenerateContentRequest.{Field(outer, name)}: {Snake(name)} is not specified";

    public string Unknown(string outer, string name) => outer.Length == 0
        ? $"Invalid JSON payload received. Unknown name \"{name}\": Cannot find field."
        : $"Invalid JSON payload received. Unknown name \"{name}\" at '{outer}': Cannot find field.";

    public string WrongType(string path, string expected, JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Array => $"Invalid JSON payload received. Unknown name \"{path[(path.LastIndexOf('.') + 1)..]}\" at '{path}': Proto field is not repeating, cannot start list.",
        _ => $"Invalid value at '{path}' ({Kind(expected)}), {value.GetRawText()}",
    };

    public string OutOfRange(string path, double value, double min, double max) => string.Create(
        CultureInfo.InvariantCulture, $"* GenerateContentRequest.{path}: must be in the range [{min}, {max}], but is {value}");

    public string NotOneOf(string path, string value, IReadOnlyList<string> known) => $"Invalid value at '{path}' (TYPE_ENUM), \"{value}\"";

    private static string Kind(string expected) => expected switch
    {
        "string" => "TYPE_STRING",
        "boolean" => "TYPE_BOOL",
        "integer" => "TYPE_INT32",
        "number" => "TYPE_FLOAT",
        _ => "TYPE_MESSAGE",
    };

    private static string Snake(string name) => JsonNamingPolicy.SnakeCaseLower.ConvertName(name);
}
