"""The pages and the API of a real server over a city of visits: how long each takes, and a crowd clicking at once."""
