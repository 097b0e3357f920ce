"""The regularisers: terms of one parameter that are summed and added to the loss."""
