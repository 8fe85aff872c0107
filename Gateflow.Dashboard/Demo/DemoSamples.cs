using System.Security.Cryptography;
using System.Text.Json;
using Gateflow.Core.Access;
using Gateflow.Core.Catalog;
using Gateflow.Core.Usage;

namespace Gateflow.Dashboard.Demo;

/// <summary>Stored requests of the demo's retiring models, so that a replay has something to run at once.</summary>
internal static class DemoSamples
{
    private const int Seed = 805;

    private static readonly string[] Support =
    [
        "My parcel is marked as delivered, but it is not here. What can I do?",
        "I want to return a pair of shoes that I wore once. Is that possible?",
        "How long does a refund to a credit card take?",
        "Can I still change the delivery address of an order from this morning?",
        "The voucher SPRING20 is refused at the checkout. Why?",
        "I was charged twice for one subscription. Please explain how I get my money back.",
        "Do you deliver to Norway, and who pays the customs duty?",
        "My account is locked after three wrong passwords. How do I get in again?",
        "Which plan includes single sign-on, and what does it cost for 40 people?",
        "The app closes by itself when I open the basket. What should I try?",
        "Can I pay on invoice as a private customer?",
        "How do I cancel my membership before it renews?",
        "The lamp arrived with a broken shade. I would like a new one, not a refund.",
        "Is the blue jacket in size M available in your shop in Leeds?",
    ];

    private static readonly string[] Orders =
    [
        "Where is my order 48213? Please use lookup_order.",
        "Use lookup_order to see whether order 50117 has left the warehouse.",
        "lookup_order 47002: which parcel service brings it?",
        "Please check with lookup_order why 51980 was split into two parcels.",
        "Order 49355 should have come on Monday. Ask lookup_order.",
        "Has order 52604 been paid? lookup_order knows.",
    ];

    private static readonly string[] Reviews =
    [
        "Review: `if (a = b) { Save(); }` in C. What is wrong, and what would you write?",
        "Review this change: the retry loop sleeps while it holds the lock.",
        "Is it safe to compare password hashes with == here? Suggest something better.",
        "This query runs once for each row of the list. How would you rewrite it?",
        "The test waits two seconds for the message to arrive. How can it be made reliable?",
        "A method takes seven boolean parameters. Propose a better signature.",
        "The handler catches Exception and returns null. What may go wrong?",
        "We parse dates with the server's culture. Explain the risk in two sentences.",
        "The cache has no limit and no expiry. What do you suggest?",
        "Review the name `ProcessData2`. Which three names would be better for code that sums invoices by month?",
    ];

    private static readonly string[] Texts =
    [
        "The launch moves to May because the translations are late. The price stays at 29 euros. Support asks for two more people from April on.",
        "Revenue grew 12 % to 4.1 million, churn fell from 2.9 % to 2.1 %, and the new region opens in June. The board wants a plan for hiring by the end of the month.",
        "The customer reports that exports larger than 50,000 rows stop half-way. Logs show a time limit of 30 seconds at the proxy. A fix is in test; until then exports can be split by month.",
        "Three suppliers were compared. A is cheapest but delivers in six weeks, B costs 8 % more and delivers in two, C has the best quality and no free capacity before autumn.",
        "On Tuesday between 9:10 and 9:42 sign-in failed for a third of all users. An expired certificate on one of three servers was the cause. Certificates are now renewed by a job and watched.",
        "The works council agrees to the new shift plan if week-ends are announced four weeks ahead and night shifts are voluntary. The trial runs for three months.",
        "Visitors like the new search but overlook the filters. Half of them scroll past the third result. The team will test filters above the list next week.",
        "The audit found no serious fault. Two findings are of medium weight: backups are not restored as a test, and two former employees still had access to the archive.",
        "Rents rise by 3 % in January. The contract for the second floor ends in June and will not be renewed. Teams move to the first floor in May.",
        "The training was booked out within a day. A second date in March is planned, and recordings will be shared afterwards. Costs stay within the budget.",
    ];

    private static readonly string[] Searches =
    [
        "where can I find the holiday policy for part-time staff",
        "last quarter's numbers for the Nordic region",
        "who approves travel above 2000 euros",
        "warm waterproof jacket for a child of eight, not pink",
        "how to connect the scanner to the new laptops",
        "template for a supplier contract in English",
        "laptop bag that fits 16 inch and a lunch box",
        "parental leave rules in the Austrian office",
        "quiet dishwasher, 45 cm, delivered before Friday",
        "what did we decide about the price of the basic plan",
        "vegan running shoes for wide feet",
        "meeting room with video for twelve people on Thursday",
        "guide for new team leads",
        "gift for a colleague who likes tea, below 30 euros",
        "when does the warranty of order 48213 end",
        "phone case that survives a fall",
        "how many days of home office are allowed abroad",
        "replacement filter for the coffee machine in the kitchen",
        "the slides of the spring all-hands",
        "summer dress with pockets, size 42",
    ];

    /// <summary>The samples, newest first, spread over the ten days before <paramref name="now"/>.</summary>
    public static IReadOnlyList<Sample> Create(ISecretProtector protector, DateTimeOffset now)
    {
        var random = new Random(Seed);
        return [.. Bodies().Select((x, index) =>
        {
            var body = JsonSerializer.SerializeToUtf8Bytes(x.Body);
            var series = DemoSeries.All.First(s => s.Model == x.Model && s.Feature == x.Feature);
            var output = DemoTokens.Output(random);
            return new Sample
            {
                Id = $"smp_demo_{index:D3}",
                At = now.AddMinutes(-237 * (index + random.NextDouble())),
                Model = x.Model,
                Feature = x.Feature,
                Capabilities = x.Used,
                InputTokens = body.Length / 4,
                OutputTokens = output,
                ServedModel = x.Model,
                LatencyMs = series.Pace.First + (series.Pace.Token * output),
                BodyHash = SHA256.HashData(body),
                QuestionHash = QuestionHash.Of(body),
                Request = protector.Protect(body),
                Demo = true,
            };
        })];
    }

    private static IEnumerable<(string Model, string Feature, Capabilities Used, Dictionary<string, object> Body)> Bodies()
    {
        foreach (var text in Support)
        {
            yield return Chat("gpt-4", "support-chat", "You are the friendly support assistant of a web shop. Answer in at most five sentences.", text,
                Capabilities.Temperature | Capabilities.Metadata, ("temperature", 0.4), ("user", "demo-customer"));
        }

        foreach (var text in Orders)
        {
            yield return Chat("gpt-4", "support-chat", "You are the support assistant of a web shop. Look orders up before you answer.", text,
                Capabilities.FunctionCalling | Capabilities.Temperature, ("temperature", 0.2), ("tools", new[] { LookupOrder }));
        }

        foreach (var text in Reviews)
        {
            yield return Chat("gpt-4", "code-review", "You review code. Be brief and concrete.", text,
                Capabilities.Temperature | Capabilities.MaxTokens | Capabilities.Seed, ("temperature", 0.1), ("max_tokens", 400), ("seed", 7));
        }

        foreach (var text in Texts)
        {
            yield return Chat("gpt-4", "summaries", "Summarise the text in two sentences.", text, Capabilities.MaxTokens, ("max_tokens", 160));
        }

        foreach (var text in Searches)
        {
            yield return Chat("gpt-3.5-turbo", "search", "Turn the request into JSON with the fields query (string) and filters (list of strings).", text,
                Capabilities.JsonMode | Capabilities.Temperature, ("temperature", 0), ("response_format", new { type = "json_object" }));
        }
    }

    private static object LookupOrder => new
    {
        type = "function",
        function = new
        {
            name = "lookup_order",
            description = "State, parcels and payment of an order.",
            parameters = new
            {
                type = "object",
                properties = new { order_id = new { type = "string", description = "Number of the order." } },
                required = new[] { "order_id" },
            },
        },
    };

    private static (string, string, Capabilities, Dictionary<string, object>) Chat(
        string model, string feature, string system, string user, Capabilities used, params (string Name, object Value)[] more)
    {
        var body = new Dictionary<string, object>
        {
            ["model"] = model,
            ["messages"] = new object[] { new { role = "system", content = system }, new { role = "user", content = user } },
        };
        foreach (var (name, value) in more)
        {
            body[name] = value;
        }

        return (model, feature, used | Capabilities.Chat | Capabilities.SystemRole, body);
    }
}
