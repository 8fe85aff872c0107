using System.Text.Json;
using System.Text.RegularExpressions;
using Gateflow.Simulator.Answers;

namespace Gateflow.Simulator.OpenAI;

/// <summary>What OpenAI demands of the names and schemas of functions and answers.</summary>
internal static partial class FunctionSchema
{
    /// <summary>Null, and a fault, when missing; a name of the wrong form is a fault too.</summary>
    public static string? Name(Arguments owner)
    {
        var name = owner.Text("name");
        if (name is null)
        {
            owner.Missing("name");
        }
        else if (!NamePattern().IsMatch(name))
        {
            owner.Fail(OpenAIError.Invalid(
                $"Invalid '{owner.PathOf("name")}': string does not match pattern. Expected a string that matches the pattern '^[a-zA-Z0-9_-]+$'.",
                owner.PathOf("name"),
                "invalid_value"));
        }

        return name;
    }

    /// <summary>A strict schema closes every object and requires every property.</summary>
    /// <param name="owner">The object that holds <c>strict</c>.</param>
    /// <param name="schema">Null: nothing to check.</param>
    /// <param name="what">As <c>function 'f'</c> or <c>response_format 'r'</c>.</param>
    /// <param name="param">Path of the schema.</param>
    /// <param name="code">Of the error.</param>
    public static void CheckStrict(Arguments owner, JsonElement? schema, string what, string param, string code)
    {
        if (owner.Flag("strict") != true || schema is not { } given)
        {
            return;
        }

        if (StrictSchema.OpenObject(given) is { } open)
        {
            owner.Fail(OpenAIError.Invalid(
                $"Invalid schema for {what}: In context=({open}), 'additionalProperties' is required to be supplied and to be false.", param, code));
        }

        if (StrictSchema.OptionalProperty(given) is { } optional)
        {
            owner.Fail(OpenAIError.Invalid(
                $"Invalid schema for {what}: In context=({optional}), 'required' is required to be supplied and to be an array including every key in properties.", param, code));
        }
    }

    [GeneratedRegex("^[a-zA-Z0-9_-]{1,64}$")]
    private static partial Regex NamePattern();
}
