namespace Gateflow.Dashboard.Access;

/// <summary>How an application calls the gateway with the client that it has already: only base address and key change.</summary>
/// <param name="Language">As people call it.</param>
/// <param name="Text">Ready to run.</param>
public sealed record ClientSnippet(string Language, string Text)
{
    /// <summary>Stands for the key where none is shown.</summary>
    public const string KeyFromEnvironment = "$GATEFLOW_KEY";

    /// <param name="baseUrl">The gateway's address, with or without a slash at its end.</param>
    /// <param name="model">A model that is served.</param>
    /// <param name="key">The secret; null takes it from the environment variable GATEFLOW_KEY.</param>
    public static IReadOnlyList<ClientSnippet> All(string baseUrl, string model, string? key = null)
    {
        ArgumentNullException.ThrowIfNull(baseUrl);
        var url = ApiBase(baseUrl);
        return
        [
            new("curl", $$"""
                curl {{url}}/chat/completions \
                  -H "Authorization: Bearer {{key ?? KeyFromEnvironment}}" \
                  -H "Content-Type: application/json" \
                  -d '{"model": "{{model}}", "messages": [{"role": "user", "content": "Hello"}]}'
                """),
            new("Python", $$"""
                import os
                from openai import OpenAI

                client = OpenAI(base_url="{{url}}", api_key={{Quoted(key, "os.environ[\"GATEFLOW_KEY\"]")}})
                answer = client.chat.completions.create(
                    model="{{model}}",
                    messages=[{"role": "user", "content": "Hello"}],
                )
                print(answer.choices[0].message.content)
                """),
            new("JavaScript", $$"""
                import OpenAI from "openai";

                const client = new OpenAI({ baseURL: "{{url}}", apiKey: {{Quoted(key, "process.env.GATEFLOW_KEY")}} });
                const answer = await client.chat.completions.create({
                  model: "{{model}}",
                  messages: [{ role: "user", content: "Hello" }],
                });
                console.log(answer.choices[0].message.content);
                """),
            new("C#", $$"""
                using System.ClientModel;
                using OpenAI;
                using OpenAI.Chat;

                var client = new ChatClient(
                    "{{model}}",
                    new ApiKeyCredential({{Quoted(key, "Environment.GetEnvironmentVariable(\"GATEFLOW_KEY\")!")}}),
                    new OpenAIClientOptions { Endpoint = new Uri("{{url}}") });
                ChatCompletion answer = await client.CompleteChatAsync("Hello");
                Console.WriteLine(answer.Content[0].Text);
                """),
        ];
    }

    /// <summary>What an OpenAI client takes as its base address.</summary>
    public static string ApiBase(string baseUrl)
    {
        ArgumentNullException.ThrowIfNull(baseUrl);
        return baseUrl.TrimEnd('/') + "/v1";
    }

    private static string Quoted(string? key, string otherwise) => key is null ? otherwise : $"\"{key}\"";
}
