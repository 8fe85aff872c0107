using System.Text.RegularExpressions;
using Gateflow.Core.Routing;
using Gateflow.Gateway.Schemas;

namespace Gateflow.Gateway.Compatibility;

/// <summary>
/// What providers refuse in a tool or a schema that reaches them. Sources: OpenAI's guide "structured outputs" (supported schemas) and its errors
/// invalid_function_parameters; Anthropic's "structured outputs" (JSON schema limitations) and its errors on tools.N.custom; Google's reference of
/// FunctionDeclaration; Bedrock's API reference of ToolSpecification. Only what is refused by documentation or by a known error stands here.
/// </summary>
internal static partial class SchemaRules
{
    private const int MaxStrictDepth = 10, MaxStrictProperties = 5_000, MaxStrictEnumValues = 1_000;

    private static readonly string[] NotStrictAtOpenAI =
    [
        "allOf", "oneOf", "not", "dependentRequired", "dependentSchemas", "if", "then", "else", "uniqueItems", "propertyNames", "contains",
        "minContains", "maxContains", "minProperties", "maxProperties", "unevaluatedProperties", "unevaluatedItems",
    ];

    /// <summary>Why the provider refuses what is sent, to be read after "refuses it:"; empty for nothing known, null where no rules are known at all.</summary>
    public static IReadOnlyList<string>? Faults(SentSchema sent, ModelEndpoint endpoint)
    {
        var shape = sent.Schema is { } schema ? SchemaShape.Of(schema) : null;
        return (endpoint.Provider.Type, endpoint.Facts?.Provider) switch
        {
            (ProviderType.OpenAI or ProviderType.AzureOpenAI, _) or (ProviderType.OpenAICompatible, "openai" or "azure-openai") => [.. OpenAI(sent, shape)],
            (ProviderType.Anthropic, _) => [.. Name(sent, AnthropicName(), "1 to 128 letters, digits, _ and -"), .. Anthropic(sent, shape)],
            (ProviderType.Bedrock, _) =>
            [
                .. Name(sent, PlainName(), "1 to 64 letters, digits, _ and -"),
                .. endpoint.UpstreamModel.Contains("claude", StringComparison.Ordinal) ? Anthropic(sent, shape) : ObjectAtRoot(sent, shape),
            ],
            (ProviderType.Gemini or ProviderType.VertexAI, _) => [.. Name(sent, GoogleName(), "1 to 64 letters, digits, _ . : and -, with a letter or _ first")],
            _ => null,
        };
    }

    private static IEnumerable<string> OpenAI(SentSchema sent, SchemaShape? shape)
    {
        foreach (var fault in Name(sent, PlainName(), "1 to 64 letters, digits, _ and -").Concat(ObjectAtRoot(sent, shape)))
        {
            yield return fault;
        }

        if (shape is null)
        {
            yield break;
        }

        if (shape.HasArrayWithoutItems && (sent.IsTool || sent.Strict))
        {
            yield return "an array does not say what its items are";
        }

        if (!sent.Strict)
        {
            yield break;
        }

        if (!shape.IsObject || shape.Root.Contains("anyOf"))
        {
            yield return "strict schemas have an object at their root, without anyOf";
        }

        if (shape.HasOpenObject)
        {
            yield return "an object of a strict schema is not closed (additionalProperties: false)";
        }

        if (shape.HasOptional)
        {
            yield return "a property of a strict schema is not required";
        }

        if (Among(shape, NotStrictAtOpenAI) is { } keywords)
        {
            yield return $"strict schemas do not take {keywords}";
        }

        if (shape.Depth > MaxStrictDepth || shape.Properties > MaxStrictProperties || shape.EnumValues > MaxStrictEnumValues)
        {
            yield return $"strict schemas may be {MaxStrictDepth} objects deep, with {MaxStrictProperties} properties and {MaxStrictEnumValues} values of enums";
        }
    }

    private static IEnumerable<string> Anthropic(SentSchema sent, SchemaShape? shape)
    {
        if (shape is null)
        {
            yield break;
        }

        foreach (var fault in ObjectAtRoot(sent, shape))
        {
            yield return fault;
        }

        if (sent.IsTool && shape.Root.Any(static name => name is "oneOf" or "anyOf" or "allOf"))
        {
            yield return "oneOf, anyOf and allOf may not stand at the root";
        }

        if (sent.IsTool && shape.TopProperties.Any(static name => !PropertyName().IsMatch(name)))
        {
            yield return "a property's name is not 1 to 64 letters, digits, _ . and -";
        }

        if (!sent.Strict)
        {
            yield break;
        }

        if (Among(shape, EnforcedSchema.Limits) is { } keywords)
        {
            yield return $"enforced schemas do not take {keywords}";
        }

        if (shape.HasMinItems)
        {
            yield return "minItems of enforced schemas is 0 or 1";
        }

        if (shape.IsRecursive || shape.RefersOutside)
        {
            yield return "enforced schemas refer neither to themselves nor to other documents";
        }
    }

    /// <summary>A tool's arguments are one object; an empty schema is taken for it.</summary>
    private static IEnumerable<string> ObjectAtRoot(SentSchema sent, SchemaShape? shape) =>
        sent.IsTool && shape is { IsObject: false, IsEmpty: false } ? ["the type at the root of its parameters is not object"] : [];

    private static IEnumerable<string> Name(SentSchema sent, Regex pattern, string words) => sent.Name is { } name && !pattern.IsMatch(name) ? [$"its name is not {words}"] : [];

    private static string? Among(SchemaShape shape, IReadOnlyList<string> keywords) => keywords.Where(shape.Keywords.Contains).ToList() is { Count: > 0 } found ? string.Join(", ", found) : null;

    [GeneratedRegex(@"^[a-zA-Z0-9_-]{1,64}\z")]
    private static partial Regex PlainName();

    [GeneratedRegex(@"^[a-zA-Z0-9_-]{1,128}\z")]
    private static partial Regex AnthropicName();

    [GeneratedRegex(@"^[a-zA-Z_][a-zA-Z0-9_.:-]{0,63}\z")]
    private static partial Regex GoogleName();

    [GeneratedRegex(@"^[a-zA-Z0-9_.-]{1,64}\z")]
    private static partial Regex PropertyName();
}
