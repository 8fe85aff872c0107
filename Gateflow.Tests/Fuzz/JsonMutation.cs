using System.Text.Json.Nodes;

namespace Gateflow.Tests.Fuzz;

/// <summary>Spoils JSON that was right, at random.</summary>
internal static class JsonMutation
{
    private static readonly JsonNode?[] Values =
    [
        null, 0, -1, 1e300, 2, true, "", " ", "é\u0000", "system", "tool", "none", new JsonArray(), new JsonArray(1, null), new JsonObject(),
        new JsonObject { ["type"] = "object", ["properties"] = new JsonArray() }, new string('x', 300),
    ];

    /// <summary>Replaces, removes or doubles one value somewhere.</summary>
    public static void Change(JsonNode node, Random random)
    {
        while (true)
        {
            switch (node)
            {
                case JsonObject { Count: > 0 } json:
                    var name = json.ElementAt(random.Next(json.Count)).Key;
                    if (json[name] is JsonObject or JsonArray && random.Next(4) > 0)
                    {
                        node = json[name]!;
                        continue;
                    }

                    if (random.Next(3) == 0)
                    {
                        json.Remove(name);
                    }
                    else
                    {
                        json[name] = Value(random);
                    }

                    return;
                case JsonArray { Count: > 0 } list:
                    var index = random.Next(list.Count);
                    if (list[index] is JsonObject or JsonArray && random.Next(4) > 0)
                    {
                        node = list[index]!;
                        continue;
                    }

                    list.Insert(index, random.Next(2) == 0 ? list[index]?.DeepClone() : Value(random));
                    return;
                default:
                    return;
            }
        }
    }

    private static JsonNode? Value(Random random) => Values[random.Next(Values.Length)]?.DeepClone();
}
