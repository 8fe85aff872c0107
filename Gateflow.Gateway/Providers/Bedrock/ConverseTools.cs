using System.Text.Json.Nodes;
using Gateflow.Gateway.Schemas;
using Gateflow.Gateway.Translation;

namespace Gateflow.Gateway.Providers.Bedrock;

/// <summary>Writes <c>toolConfig</c>. It must be there whenever the conversation holds calls or results, and cannot forbid calls.</summary>
internal static class ConverseTools
{
    private const string NoCalls = "Do not call any tool. Answer in words.";

    /// <returns>Null for none, and what the model must be told because the protocol has no word for it.</returns>
    public static (JsonObject? Tools, string? Instruction) Write(ModelRequest request, BedrockFamily family, ShimNotes notes)
    {
        var used = request.Messages.SelectMany(static message => message.Parts).OfType<ToolCallPart>().Select(static call => call.Name).Distinct(StringComparer.Ordinal).ToList();
        var choice = request.ToolChoice?.Kind;
        if (request.Tools.Count == 0)
        {
            return choice is ToolChoiceKind.Required or ToolChoiceKind.Named
                ? throw NotCarriedException.Invalid("tool_choice", "left out where no tools are given")
                : Remembered(used, notes);
        }

        if (choice == ToolChoiceKind.None)
        {
            notes.Mapped("tool_choice", used.Count == 0 ? "no tools" : "instruction");
            return used.Count == 0 ? (null, null) : (new JsonObject { ["tools"] = Tools(request.Tools, family, notes) }, NoCalls);
        }

        var json = new JsonObject { ["tools"] = Tools(request.Tools, family, notes) };
        if (family.TakesNoToolChoice)
        {
            return (json, InWords(request.ToolChoice, notes));
        }

        var unnamed = choice == ToolChoiceKind.Named && family.TakesNoNamedTool;
        json.Set("toolChoice", choice switch
        {
            ToolChoiceKind.Auto => new JsonObject { ["auto"] = new JsonObject() },
            ToolChoiceKind.Named when unnamed => new JsonObject { ["any"] = new JsonObject() },
            ToolChoiceKind.Required => new JsonObject { ["any"] = new JsonObject() },
            ToolChoiceKind.Named => new JsonObject { ["tool"] = new JsonObject { ["name"] = request.ToolChoice!.Name } },
            _ => null,
        });
        return (json, unnamed ? InWords(request.ToolChoice, notes) : null);
    }

    private static string? InWords(ToolChoice? choice, ShimNotes notes)
    {
        var demand = choice?.Kind switch
        {
            ToolChoiceKind.Required => "Call a tool. Do not answer in words.",
            ToolChoiceKind.Named => $"Call the tool '{choice.Name}'. Do not answer in words.",
            _ => null,
        };
        if (demand is not null)
        {
            notes.Mapped("tool_choice", "instruction");
        }

        return demand;
    }

    /// <summary>Tools that were called earlier and are not offered any more.</summary>
    private static (JsonObject? Tools, string? Instruction) Remembered(List<string> used, ShimNotes notes)
    {
        if (used.Count == 0)
        {
            return (null, null);
        }

        notes.Defaulted("tools", string.Join(' ', used));
        return (new JsonObject { ["tools"] = new JsonArray([.. used.Select(static name => Spec(new Tool(name, null, null), null))]) }, NoCalls);
    }

    private static JsonArray Tools(IReadOnlyList<Tool> tools, BedrockFamily family, ShimNotes notes)
    {
        var list = new JsonArray();
        foreach (var tool in tools)
        {
            var enforced = tool.Strict == true && family.TakesStrictTools && tool.Parameters is { } parameters ? EnforcedSchema.Of(parameters) : null;
            enforced?.Tell(notes, "tools.parameters");
            if (tool.Strict == true && enforced is null)
            {
                notes.Dropped("tools.strict");
            }

            list.Add(Spec(tool, enforced));
        }

        return list;
    }

    private static JsonObject Spec(Tool tool, EnforcedSchema? enforced)
    {
        var schema = enforced is not null ? ToolSchema.Of(enforced)
            : tool.Parameters is { ValueKind: System.Text.Json.JsonValueKind.Object } given ? ToolSchema.Of(given)
            : new JsonObject { ["type"] = "object", ["properties"] = new JsonObject() };
        var spec = new JsonObject { ["name"] = tool.Name };
        spec.Set("description", string.IsNullOrWhiteSpace(tool.Description) ? null : tool.Description);
        spec["inputSchema"] = new JsonObject { ["json"] = schema };
        spec.Set("strict", enforced is null ? null : true);
        return new JsonObject { ["toolSpec"] = spec };
    }
}
