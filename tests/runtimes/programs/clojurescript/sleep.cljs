(js/setTimeout (fn []) 60000)
