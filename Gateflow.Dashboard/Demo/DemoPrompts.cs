namespace Gateflow.Dashboard.Demo;

/// <summary>The requests of the demo's traffic: four features of a made-up product and what their users ask.</summary>
internal static class DemoPrompts
{
    public static readonly IReadOnlyList<string> Features = ["support-chat", "search", "summaries", "code-review"];

    private static readonly (string Feature, string Model, int Share, string[] Prompts)[] Mix =
    [
        ("support-chat", "gpt-4", 45,
        [
            "My parcel says delivered but I have not received it. What should I do now?",
            "How do I change the address of an order that has already shipped?",
            "I was charged twice for the same subscription. Please explain how to get a refund.",
            "Which of your plans includes single sign-on, and what does it cost for 40 people?",
            "The export of my invoices fails with an empty file. How can I repair it?",
        ]),
        ("code-review", "gpt-4", 20,
        [
            "Review this change: the retry loop sleeps while it holds the lock. What is wrong with it?",
            "Is it safe to compare passwords with == in this function? Suggest a better way.",
            "This query runs once for each row of the list. How would you rewrite it?",
        ]),
        ("summaries", "gpt-4", 10,
        [
            "Summarise the meeting: the launch moves to May, the price stays, and support needs two more people.",
            "Summarise in three bullets: revenue grew 12 %, churn fell to 2.1 %, and the new region opens in June.",
        ]),
        ("search", "gpt-3.5-turbo", 25,
        [
            "Rewrite as a search query: where can I find the holiday policy for part-time staff?",
            "Rewrite as a search query: last quarter's numbers for the Nordic region",
            "Which of these pages answers the question about parental leave best?",
        ]),
    ];

    /// <summary>The next request: its feature and the body to send.</summary>
    public static (string Feature, object Body) Next(Random random)
    {
        var draw = random.Next(Mix.Sum(m => m.Share));
        foreach (var (feature, model, share, prompts) in Mix)
        {
            if ((draw -= share) < 0)
            {
                return (feature, new
                {
                    model,
                    stream = random.NextDouble() < 0.4,
                    temperature = 0.2,
                    user = $"user-{random.Next(400)}-{random.Next(1000)}",
                    messages = new[]
                    {
                        new { role = "system", content = $"You are the {feature} assistant of Acme." },
                        new { role = "user", content = prompts[random.Next(prompts.Length)] },
                    },
                });
            }
        }

        throw new InvalidOperationException("the shares of the mix do not add up");
    }
}
