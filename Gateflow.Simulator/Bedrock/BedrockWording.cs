using System.Globalization;
using System.Text.Json;
using Gateflow.Simulator.Requests;

namespace Gateflow.Simulator.Bedrock;

/// <summary>AWS's messages: <c>1 validation error detected: Value at 'messages.1.member.role' failed to satisfy constraint: …</c>.</summary>
internal sealed class BedrockWording : IWording
{
    public static readonly BedrockWording Instance = new();

    public string Field(string outer, string name) => outer.Length == 0 ? name : $"{outer}.{name}";

    public string Item(string list, int index) => string.Create(CultureInfo.InvariantCulture, $"{list}.{index + 1}.member");

    public string Missing(string outer, string name) => Constraint($"Value null at '{Field(outer, name)}'", "Member must not be null");

    public string Unknown(string outer, string name) =>
        $"Malformed input request: #{(outer.Length == 0 ? "" : "/" + outer.Replace('.', '/'))}: extraneous key [{name}] is not permitted, please reformat your input and try again.";

    public string WrongType(string path, string expected, JsonElement value) =>
        $"{value.ValueKind.ToString().ToUpperInvariant()}_VALUE can not be converted to {char.ToUpperInvariant(expected[0])}{expected[1..]} at '{path}'";

    public string OutOfRange(string path, double value, double min, double max) => string.Create(
        CultureInfo.InvariantCulture,
        $"{Constraint($"Value '{value}' at '{path}'", value < min ? $"Member must have value greater than or equal to {min}" : $"Member must have value less than or equal to {max}")}");

    public string NotOneOf(string path, string value, IReadOnlyList<string> known) =>
        Constraint($"Value '{value}' at '{path}'", $"Member must satisfy enum value set: [{string.Join(", ", known)}]");

    public static string Pattern(string path, string value, string pattern) =>
        Constraint($"Value '{value}' at '{path}'", $"Member must satisfy regular expression pattern: {pattern}");

    /// <summary>What the model behind the API says.</summary>
    public static string OfModel(string message) => $"The model returned the following errors: {message}";

    private static string Constraint(string what, string rule) => $"1 validation error detected: {what} failed to satisfy constraint: {rule}";
}
